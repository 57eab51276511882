"""From bytes to text: believe what fits the bytes, not what a label says."""

import codecs
import re
from collections.abc import Iterator

from tidings.errors import PageError

#: How far into a page its own label may stand.
LABEL_BYTES_MAX = 4_096
#: What detection looks at: enough to tell, and bounded.
DETECTION_BYTES_MAX = 65_536
#: Above this share of replaced or control characters the bytes are no text in any charset tried.
GARBAGE_SHARE_MAX = 0.01

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Labels mean what browsers take them for (encoding.spec.whatwg.org, names and labels); gb18030 holds all GB.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "windows-1252": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
_LABEL = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)|<\?xml[^>]{0,100}encoding=[\"']([\w.-]+)", re.I
)
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x8b", "gzip data"),
)
_GARBAGE = re.compile(r"[\ufffd\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(body: bytes, *, header: str | None, override: str | None, subject: str) -> str:
    """The text of `body`: by BOM, else UTF-8 if it is valid, else `override`, `header`, the page's label, detection.

    A charset that leaves replacement characters yields to the next; the least damaged reading wins.
    A header of Latin-1 is what servers say when nobody told them, so it comes after the page's own label.
    Raises PageError, naming `subject`, for bytes that are no text.
    """
    if found := next((what for magic, what in _MAGIC if body.startswith(magic)), None):
        raise PageError(f"{subject}: the body is {found}, not text; check the content type that the server sends")
    text = _certain(body)
    if text is None:
        text = min(_readings(body, header, override), key=lambda reading: reading.count("\ufffd"))
    garbage = len(_GARBAGE.findall(text))
    if garbage > GARBAGE_SHARE_MAX * max(len(text), 1):
        raise PageError(f"{subject}: {garbage} of {len(text)} characters cannot be decoded; set the source's charset")
    return text.replace("\x00", "")


def _certain(body: bytes) -> str | None:
    """By BOM or as valid UTF-8, a character cut at the end aside; None if it is neither."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")("strict").decode(body)
    except UnicodeDecodeError:
        return None


def _readings(body: bytes, header: str | None, override: str | None) -> Iterator[str]:
    """Readings in order of trust, up to the first without damage."""
    for name in _candidates(body, header, override):
        reading = body.decode(name, "replace")
        yield reading
        if "\ufffd" not in reading:
            return


def _candidates(body: bytes, header: str | None, override: str | None) -> Iterator[str]:
    label = _LABEL.search(body, 0, LABEL_BYTES_MAX)
    inside = (label[1] or label[2]).decode("ascii", "replace") if label else None
    declared = [name for name in map(_known, (override, header, inside)) if name]
    yield from sorted(dict.fromkeys(declared), key=lambda name: name == "cp1252")
    yield from filter(None, [_detected(body)])
    yield from ("utf-8", "gb18030", "cp1252")


def _known(label: str | None) -> str | None:
    """Python's name of the charset that `label` means; None if it means none."""
    name = (label or "").strip().lower()
    name = _MEANT.get(name, name)
    try:
        return name if codecs.lookup(name)._is_text_encoding else None
    except (LookupError, ValueError):
        return None


def _detected(body: bytes) -> str | None:
    """What charset-normalizer takes it for; of equally good guesses the Western one, as browsers do."""
    from charset_normalizer import from_bytes  # 40 ms to import, needed for one page in a thousand

    guesses = from_bytes(body[:DETECTION_BYTES_MAX])
    best = guesses.best()
    if best is None:
        return None
    equal = [guess.encoding for guess in guesses if guess.chaos == best.chaos]
    return "cp1252" if "cp1252" in equal else _known(best.encoding)
