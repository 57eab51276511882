"""What the crawler remembers of a page, of an answer and of a source."""

from dataclasses import dataclass, field

from scrapy.http import Response

from tidings.records import Listed

#: An item that could not be fetched at this many polls is not asked for again.
MISSES_MAX = 3


@dataclass(frozen=True, kw_only=True)
class Validators:
    """What a 200 said of itself, verbatim, to ask with next time."""

    etag: str | None = None
    modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.modified)

    @property
    def headers(self) -> dict[str, str]:
        """The request headers that ask for the body only if it has changed."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}


def validators_of(response: Response) -> Validators:
    """The validators that `response` bears."""
    return Validators(etag=header(response, "ETag"), modified=header(response, "Last-Modified"))


def header(response: Response, name: str) -> str | None:
    """A header of `response`, or None."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


@dataclass(frozen=True, kw_only=True)
class Hints:
    """What a poll wants remembered once it is complete."""

    #: Of the lists, by their keys; none if something was missed, so that the next poll reads the whole list again.
    validators: dict[str, Validators] = field(default_factory=dict)
    #: Items that could not be fetched -> whether they would have been live.
    missed: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A page in the log."""

    #: Canonical.
    url: str
    #: As fetched, after redirects.
    link: str
    #: Of the newest body.
    digest: bytes
    #: As it was first listed.
    listed: Listed


@dataclass(frozen=True, kw_only=True)
class Misses:
    """An item of a list that could not be fetched."""

    #: At how many polls.
    times: int
    #: False if it was first missed while its source was silent.
    live: bool

    @property
    def given_up(self) -> bool:
        """True if it is not tried again."""
        return self.times >= MISSES_MAX


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one source's polls have gone."""

    #: Seconds since 1970; None if it was never polled.
    polled_at: float | None = None
    #: Of the last poll; "" if there was none.
    result: str = ""
    #: Failed and blocked polls since the last complete one.
    faults: int = 0
    #: True once a poll was complete: until then everything is silent.
    has_settled: bool = False
