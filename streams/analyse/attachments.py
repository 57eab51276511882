"""Files that an article links: documents and tables, not pictures."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from streams.analyse.metadata import plain
from tidings.records import Attachment

ATTACHMENTS_MAX = 50
NAME_CHARACTERS_MAX = 200

_MAY_NAME_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)\b", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)$", re.IGNORECASE)
#: Where systems put the files of a notice beside its text.
_BESIDE = ".fujian a[href], a.fujianClass, .attachment a[href], .attachments a[href], a[oldsrc]"


def find(tree: LexborHTMLParser, element: LexborNode | None, url: str) -> tuple[Attachment, ...]:
    """The files linked in `element` (the article; None: anywhere) and in the boxes for them, each once, in order."""
    base = _base(tree, url)
    found: dict[str, Attachment] = {}
    for link in (*(tree.css("a[href]") if element is None else element.css("a[href]")), *tree.css(_BESIDE)):
        if (address := _address(link, base)) and _names_file(address):
            found.setdefault(address, Attachment(name=_name(link, address), url=address))
    return tuple(found.values())[:ATTACHMENTS_MAX]


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return _joined(url, node.attributes.get("href") or "") or url if node is not None else url


def _address(link: LexborNode, base: str) -> str | None:
    href = (link.attributes.get("href") or "").strip()
    if not _MAY_NAME_FILE.search(href):
        return None
    address = _joined(base, href.replace("\\", "/"))
    return address.partition("#")[0] if address and address.startswith(("http://", "https://")) else None


def _joined(base: str, href: str) -> str | None:
    try:
        return urljoin(base, href)
    except ValueError:  # "http://[": no address
        return None


def _names_file(address: str) -> bool:
    """True if path or a parameter ends like a document: downfile.jsp?filename=x.pdf is one too."""
    return any(_FILE.search(part) for part in _parts(address))


def _parts(address: str) -> Iterator[str]:
    parts = urlsplit(address)
    yield parts.path
    yield from (pair.partition("=")[2] for pair in parts.query.split("&"))


def _name(link: LexborNode, address: str) -> str:
    stated = plain(link.attributes.get("title") or "") or plain(link.text())
    return (stated or unquote(urlsplit(address).path.rpartition("/")[2]))[:NAME_CHARACTERS_MAX]
