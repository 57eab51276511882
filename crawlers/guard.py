"""Which addresses may be fetched: checked on every resolved address, at the moment of connecting.

The guard is the reactor's name resolver, so what it lets through is what the socket connects to: redirects, literal
addresses and names that change their address between two look-ups all pass here. Scrapy has no such check.
"""

import socket
import threading
from collections.abc import Sequence
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from twisted.internet.address import IPv4Address as TwistedIPv4
from twisted.internet.address import IPv6Address as TwistedIPv6
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

#: Whether the poll at hand may connect to private, loopback and link-local addresses. Set before a poll's task is
#: made, which takes a copy: a poll that forgets to say so is refused, never let through.
private_allowed: ContextVar[bool] = ContextVar("private_allowed", default=False)

#: A look-up that takes longer counts as failed.
RESOLVE_SECONDS = 10.0
#: Refusals remembered for their message.
REFUSED_MAX = 1000

_NAT64 = "64:ff9b::"


def refusal(address: str) -> str:
    """Why `address` may not be fetched without `allow_private`; "" if it may.

    IPv4 in IPv6 (mapped, 6to4, Teredo, NAT64) is judged by what it leads to.
    """
    ip = _innermost(ip_address(address.partition("%")[0]))
    for word in ("loopback", "link_local", "multicast", "unspecified", "reserved", "private"):
        if getattr(ip, f"is_{word}"):
            return word.replace("_", "-")
    # What is none of these and still not for everyone: shared address space of carriers (100.64.0.0/10).
    return "" if ip.is_global else "not public"


def _innermost(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip.packed.startswith(IPv6Address(_NAT64).packed[:12]):
        return IPv4Address(ip.packed[12:])
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip


@implementer(IHostResolution)
class _Resolution:
    """One look-up. Twisted never cancels it: the connection attempt has its own time limit."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Do nothing: the thread ends by itself, and its answer is dropped by who no longer waits."""


@implementer(IHostnameResolver)
class Guard:
    """Resolves names for Twisted, and gives no address at all for a host that may not be fetched."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._refused: dict[str, str] = {}

    def why_refused(self, fault: str) -> str:
        """What kept the host that Twisted's message `fault` names from being connected to; "" if we did not."""
        return next((why for host, why in self._refused.items() if fault.rstrip(".").endswith(host)), "")

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Look `hostName` up in a thread of its own; the receiver hears of the addresses that may be connected to."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        may_be_private = private_allowed.get()

        def deliver(found: list[str]) -> None:
            for address in self._admitted(hostName, found, may_be_private):
                family = TwistedIPv6 if ":" in address else TwistedIPv4
                resolutionReceiver.addressResolved(family("TCP", address, portNumber))
            resolutionReceiver.resolutionComplete()

        try:
            ip_address(hostName)
        except ValueError:
            _Lookup(self._reactor, hostName, deliver).start()
        else:
            # After this call has returned, as the protocol asks.
            self._reactor.callLater(0, deliver, [hostName])
        return resolution

    def _admitted(self, host: str, found: list[str], may_be_private: bool) -> list[str]:
        """`found`, or nothing: one address that may not be fetched makes the whole name suspect."""
        faults = [] if may_be_private else [f"{host} is at {a}, {why}" for a in found if (why := refusal(a))]
        self._refused.pop(host, None)
        if not faults:
            return found
        if len(self._refused) >= REFUSED_MAX:
            self._refused.clear()
        self._refused[host] = faults[0]
        return []


class _Lookup:
    """One name, looked up in a daemon thread: a name server that hangs never delays the end of the process."""

    def __init__(self, reactor: Any, host: str, deliver: Any) -> None:
        self._reactor = reactor
        self._host = host
        self._deliver = deliver
        self._answered = False

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name=f"resolve {self._host}").start()
        self._late = self._reactor.callLater(RESOLVE_SECONDS, self._answer, [])

    def _run(self) -> None:
        try:
            infos = socket.getaddrinfo(self._host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            infos = []
        self._reactor.callFromThread(self._answer, list(dict.fromkeys(str(info[4][0]) for info in infos)))

    def _answer(self, found: list[str]) -> None:
        if self._answered:
            return
        self._answered = True
        if self._late.active():
            self._late.cancel()
        self._deliver(found)


def of_reactor() -> Guard:
    """The guard of Twisted's reactor; the first call makes it the reactor's only resolver."""
    from twisted.internet import reactor  # installs a default reactor unless one is installed: only when called

    resolver: object = reactor.nameResolver
    if isinstance(resolver, Guard):
        return resolver
    guard = Guard(reactor)
    reactor.installNameResolver(guard)
    return guard
