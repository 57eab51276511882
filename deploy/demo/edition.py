"""The whole site as it stands at one step: address -> what the server answers. A pure function of the content table."""

import functools
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import jinja2

from deploy.demo.content import SECTIONS, Section, SitePage, at

TEMPLATES = Path(__file__).parent / "templates"

ROBOTS = "User-agent: *\nDisallow: /_demo/\n"
#: Last-Modified counts steps, a minute each, from here: unlike the printed dates it never goes back.
OPENED = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One answer."""

    body: bytes
    content_type: str
    #: The step at which it last changed.
    step: int = 0

    @property
    def modified(self) -> datetime:
        """What the server gives as Last-Modified; to the second, in UTC."""
        return OPENED + timedelta(minutes=self.step)

    @functools.cached_property
    def etag(self) -> str:
        """A strong validator: changes whenever a byte of the body does."""
        return '"' + hashlib.sha256(self.body).hexdigest()[:16] + '"'


def edition(pages: tuple[SitePage, ...], step: int, address: str) -> dict[str, Document]:
    """Path -> document at `step`. `address`: the site's own, for the absolute links of feed and JSON-LD."""
    shown = [page for entry in pages if (page := at(entry, step))]
    documents = {page.path: _page(page, step, address) for page in shown}
    for section in SECTIONS.values():
        documents[section.list_path] = _list(section, [p for p in shown if p.section == section], address)
    documents["/robots.txt"] = Document(body=ROBOTS.encode(), content_type="text/plain")
    return documents


def _page(page: SitePage, step: int, address: str) -> Document:
    html = _template(page.section.page_template).render(page=page, section=page.section, address=address)
    corrected = page.correction is not None and step >= page.correction.step
    return Document(
        body=html.encode(page.section.charset),
        content_type=page.section.page_type,
        step=page.correction.step if page.correction and corrected else page.step,
    )


def _list(section: Section, pages: list[SitePage], address: str) -> Document:
    """The newest on top: what appeared last, and of one step what is dated last."""
    rows = sorted(pages, key=lambda page: (page.step, page.published), reverse=True)
    text = _template(section.list_template).render(pages=rows, section=section, address=address)
    return Document(
        body=text.encode(section.charset),
        content_type=section.list_type,
        step=max((page.step for page in pages), default=0),
    )


@functools.cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["rfc822"] = format_datetime
    return environment


def _template(name: str) -> jinja2.Template:
    return _templates().get_template(name)
