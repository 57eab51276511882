"""How the pages of one source are laid out: what a source file says for reading them."""

from msgspec import Struct


class Layout(Struct, frozen=True, kw_only=True):
    """Selectors for one source's article pages; of each list the first that finds something wins.

    A selector is CSS, with "/@name" appended for an attribute: "meta[name=PubDate]/@content".
    """

    #: BCP 47; used when a text is too short to tell.
    language: str | None = None
    #: Offset in which bare dates and times are read: "+08:00".
    timezone: str = "+00:00"
    #: Overrides what server and page say of their charset, e.g. "gb18030"; None believes the bytes.
    charset: str | None = None
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    #: Where the page names who wrote it ("来源：").
    origin: tuple[str, ...] = ()
    #: Elements to drop before the body is read.
    remove: tuple[str, ...] = ()
    #: Words that tell a page is not there although the server answered 200.
    not_found: tuple[str, ...] = ()
