"""Ports for a whole demo: four neighbours on loopback that nobody uses."""

import os
import socket

from deploy.demo.parts import Ports


def free_ports() -> Ports:
    for base in range(20_000 + os.getpid() % 10_000, 60_000, 7):
        sockets = [socket.socket() for _ in range(4)]
        try:
            for i, each in enumerate(sockets):
                each.bind(("127.0.0.1", base + i))
        except OSError:
            continue
        else:
            return Ports(base=base, search=base + 3)
        finally:
            for each in sockets:
                each.close()
    raise AssertionError("no four neighbouring ports are free")
