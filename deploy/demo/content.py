"""The sample site's content table: which page says what, and from which step on.

One YAML file a section in `content/`, in the order in which the pages appear. Step 0 is there from the start;
each further step is published while the demo runs. A page may be a repost of another, or be corrected at a later step.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import replace

from tidings.errors import ConfigError

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the site with a list of its own."""

    name: str
    #: What the pages call themselves; the origin of a page that names no other.
    title: str
    #: Path of the feed or list page.
    list_path: str
    #: Templates of the list and of a page.
    list_template: str
    page_template: str
    #: Content-Type of the list and of a page.
    list_type: str
    page_type: str
    #: How pages are written to bytes.
    charset: str = "utf-8"


SECTIONS = {
    section.name: section
    for section in (
        Section(
            name="news",
            title="Tidewater Device News",
            list_path="/news/feed.xml",
            list_template="news_feed.xml",
            page_template="news_page.html",
            list_type="application/rss+xml; charset=utf-8",
            page_type="text/html; charset=utf-8",
        ),
        Section(
            name="gov",
            title="药械监管信息示范网",
            list_path="/gov/index.html",
            list_template="gov_list.html",
            page_template="gov_page.html",
            # As many such sites do: the header names no charset, the page says gb2312 and means GB18030.
            list_type="text/html",
            page_type="text/html",
            charset="gb18030",
        ),
        Section(
            name="zh",
            title="潮声器械网",
            list_path="/zh/index.html",
            list_template="zh_list.html",
            page_template="zh_page.html",
            list_type="text/html; charset=utf-8",
            page_type="text/html; charset=utf-8",
        ),
    )
}


class Correction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change to a page that is already out: same address, another figure."""

    step: int
    #: Old words to new words, in title and text.
    replace: dict[str, str]
    #: A line that the corrected page ends with.
    note: str


class SitePage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One page of the sample site."""

    path: str
    #: Aware, in the zone of the section; the calendar dates are fixed, so that every run shows the same site.
    published: datetime
    step: int = 0
    title: str = ""
    #: What the feed says of it.
    summary: str = ""
    #: Who wrote it, as the page states it; "" for the section's own title.
    origin: str = ""
    #: Paragraphs, with an empty line between them; the paragraph "[table]" stands for `table`.
    text: str = ""
    table: list[list[str]] = []
    #: Path of the page whose title and text this one repeats, word for word.
    repost_of: str = ""
    correction: Correction | None = None

    @property
    def section(self) -> Section:
        """The section that lists this page."""
        return SECTIONS[self.path.split("/")[1]]

    @property
    def paragraphs(self) -> list[str]:
        """The text, line breaks inside a paragraph joined: by a space in English, by nothing in Chinese."""
        glue = " " if self.section.name == "news" else ""
        return [glue.join(block.split("\n")) for block in self.text.strip().split("\n\n")]


def load(folder: Path = CONTENT) -> tuple[SitePage, ...]:
    """Every page of the table, reposts filled in. Raises ConfigError naming the file."""
    pages = [page for name in SECTIONS for page in _read(folder / f"{name}.yaml")]
    by_path = {page.path: page for page in pages}
    return tuple(_filled(page, by_path) for page in pages)


def steps(pages: tuple[SitePage, ...]) -> int:
    """The last step of the table."""
    corrected = (page.correction.step for page in pages if page.correction)
    return max([0, *(page.step for page in pages), *corrected])


def at(page: SitePage, step: int) -> SitePage | None:
    """The page as it stands at `step`; None if it is not out yet."""
    if step < page.step:
        return None
    if page.correction is None or step < page.correction.step:
        return page
    title, text = page.title, page.text
    for old, new in page.correction.replace.items():
        title, text = title.replace(old, new), text.replace(old, new)
    return replace(page, title=title, text=f"{text.rstrip()}\n\n{page.correction.note}\n")


def versions(pages: tuple[SitePage, ...], step: int) -> int:
    """How many pages a reader has seen by `step` who missed none; a corrected page counts twice."""
    corrected = sum(page.correction is not None and page.correction.step <= step for page in pages)
    return sum(page.step <= step for page in pages) + corrected


def changes(pages: tuple[SitePage, ...], step: int) -> list[str]:
    """What `step` brings, one line each, for people."""
    new = [f"new page {page.path}  {page.title}" for page in pages if page.step == step]
    corrected = [page for page in pages if page.correction and page.correction.step == step]
    return new + [f"corrected {page.path}  {page.title}" for page in corrected]


def _read(path: Path) -> list[SitePage]:
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), list[SitePage])
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}; want a list of pages as in deploy/demo/content.py") from error


def _filled(page: SitePage, by_path: dict[str, SitePage]) -> SitePage:
    if not page.repost_of:
        return page
    first = by_path.get(page.repost_of)
    if first is None:
        raise ConfigError(f'{page.path}: repost_of "{page.repost_of}" is no page of the table; want a path that is')
    origin = first.origin or first.section.title
    return replace(page, title=first.title, text=first.text, table=first.table, origin=origin)
