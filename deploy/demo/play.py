"""The demo as a play: the first crawl, then the news step by step, then idle; told in one line each."""

import time
from collections.abc import Callable

from msgspec.structs import replace

from deploy.demo.content import versions
from deploy.demo.service import Service, Status
from deploy.demo.site import Site
from tidings.errors import TidingsError

Say = Callable[[str], None]

#: Between two looks at the service.
LOOK_SECONDS = 0.5
FIRST_CRAWL_SECONDS_MAX = 180
SETTLE_SECONDS_MAX = 180

COUNTED = ("page", "article", "signal", "notification")


class Play:
    """One performance."""

    def __init__(self, site: Site, service: Service, say: Say) -> None:
        self._site, self._service, self._say = site, service, say
        self._seen = Status()

    def perform(self, *, step_seconds: float) -> None:
        """From wherever the last performance ended to idle. Raises TidingsError if the service ends or gets stuck."""
        self._begin()
        self._wait("the first crawl", FIRST_CRAWL_SECONDS_MAX, self._crawled_once)
        while self._site.step < self._site.last_step:
            self._publish()
            self._watch(step_seconds)
        self._wait("the rest", SETTLE_SECONDS_MAX, self._all_done)
        self._end()

    def _begin(self) -> None:
        site = self._site
        if site.step == 0:
            count = versions(site.pages, 0)
            self._say(f"sample site at {site.address} with {count} pages; the first crawl takes them in silently")
            return
        before = f"{site.step} of {site.last_step} steps were" if site.step < site.last_step else "everything was"
        self._say(f"resuming: {before} published before; nothing is sent twice")
        # What the last performance came to is not told as news.
        self._seen = self._service.status() or Status()

    def _publish(self) -> None:
        for line in self._site.publish():
            self._say(f"step {self._site.step} of {self._site.last_step}: {line}")

    def _watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
            self._look()

    def _wait(self, what: str, seconds: float, reached: Callable[[Status], bool]) -> None:
        """Look until two looks in a row say that it is reached: one may have caught the service between two steps."""
        until = time.monotonic() + seconds
        before: Status | None = None
        while True:
            status = self._look()
            if status and before and status.counts == before.counts and reached(status):
                return
            if time.monotonic() > until:
                raise TidingsError(f"{what} took more than {seconds:g} s ({status}); see {self._service.log_path}")
            before = status
            time.sleep(LOOK_SECONDS)

    def _look(self) -> Status | None:
        """The service's status; what has grown is said."""
        status = self._service.status()
        self._service.check()
        if status:
            # A worker hands a poll on before it notes so, and pages are what it noted without the polls: never too
            # many, but for a moment too few.
            status = replace(status, pages=max(status.pages, self._seen.pages))
            if grown := growth(self._seen, status):
                self._say(grown)
            self._seen = status
        return status

    def _crawled_once(self, status: Status) -> bool:
        return status.idle and all(status.polls.get(name, 0) > 0 for name in self._service.sources)

    def _all_done(self, status: Status) -> bool:
        wanted = versions(self._site.pages, self._site.step)
        return status.idle and status.pages >= wanted and self._service.answers()

    def _end(self) -> None:
        seen = self._seen
        counts = ", ".join(f"{getattr(seen, word + 's')} {word}s" for word in COUNTED)
        self._say(f"{counts} ({seen.sent} delivered)")
        self._say(f"idle {self._service.address}")


def growth(before: Status, after: Status) -> str:
    """What has grown, for people: "+1 page, +2 signals"; "" if nothing has."""
    grown = {word: getattr(after, word + "s") - getattr(before, word + "s") for word in COUNTED}
    parts = [f"{n:+d} {word}{'s' * (abs(n) != 1)}" for word, n in grown.items() if n]
    if after.sent > before.sent:
        parts.append(f"{after.sent - before.sent:+d} delivered")
    return ", ".join(parts)
