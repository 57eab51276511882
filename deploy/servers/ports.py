"""Free loopback ports for servers that are killed and started again on the same ones."""

import random
import socket

HOST = "127.0.0.1"
#: Below the range from which the system takes the ports of outgoing connections: a client that keeps trying to reach
#: a server that is down would sooner or later be given the server's own port.
RANGE = range(11_000, 19_000)
TRIES_MAX = 200


def free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        # As servers do: a port that only waits out its last connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` if it is free, else any other: somebody may take it before it is used."""
    tries = [preferred] if preferred else []
    tries += random.sample(RANGE, TRIES_MAX)
    return next(port for port in tries if free(port))


def listening(port: int) -> bool:
    """Whether somebody answers there."""
    try:
        socket.create_connection((HOST, port), timeout=1.0).close()
    except OSError:
        return False
    return True
