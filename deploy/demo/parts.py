"""What the service talks to in the demo, all on loopback: the sample site, the mailbox and the Slack stand-in."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.loopback import HOST
from deploy.demo.mailbox import Mailbox
from deploy.demo.site import Site
from deploy.demo.slack import Slack
from tidings.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where everybody listens."""

    search: int
    #: The first of three: site, mailbox, Slack stand-in.
    base: int

    @property
    def site(self) -> int:
        """The sample site."""
        return self.base

    @property
    def mail(self) -> int:
        """The mailbox."""
        return self.base + 1

    @property
    def slack(self) -> int:
        """The Slack stand-in."""
        return self.base + 2


def check_free(ports: Ports) -> None:
    """Raises ConfigError that names the first port in use and the option that moves it."""
    wanted = [
        (ports.search, "the search page", "--port"),
        (ports.site, "the sample site", "--base-port"),
        (ports.mail, "the mailbox", "--base-port"),
        (ports.slack, "the Slack stand-in", "--base-port"),
    ]
    for port, who, option in wanted:
        if not _free(port):
            raise ConfigError(f"port {port} for {who} is in use; stop what uses it, or choose another with {option}")


@contextlib.contextmanager
def opened(data: Path, ports: Ports) -> Iterator[Site]:
    """Run all three while the block runs. The site's step and all messages are kept in `data`."""
    with contextlib.ExitStack() as stack:
        site = Site(data / "site.json", port=ports.site)
        for part in (
            site,
            Mailbox(data / "mailbox.jsonl", port=ports.mail),
            Slack(data / "slack.jsonl", port=ports.slack),
        ):
            part.start()
            stack.callback(part.close)
        yield site


def _free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port that only waits out its last connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
