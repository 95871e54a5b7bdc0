"""Free TCP ports below the range that the kernel hands out for outgoing connections."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Collection, Iterator
from typing import Final

HIGHEST: Final = 32767
LOWEST_SPARE: Final = 20000
# Whoever runs beside others of its kind is given ports of its own here, as "20000-24255"; what it starts inherits them.
OWN_PORTS: Final = "K_PORTS"


def shareOfPorts(number: int, count: int) -> str:
    """The ports of the one with this number (from 0) among so many: nobody else takes them, listened on or not."""
    width = (HIGHEST - LOWEST_SPARE + 1) // count
    lowest = LOWEST_SPARE + number * width
    return f"{lowest}-{lowest + width - 1}"


def isFree(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def freePort(avoid: Collection[int] = ()) -> int:
    """A port nobody listens on; random, so that two stacks starting together rarely choose the same."""
    chooser = random.SystemRandom()
    return next(port for port in _candidates(chooser) if port not in avoid and isFree(port))


def choosePort(preferred: int, avoid: Collection[int] = ()) -> int:
    """The preferred port when it is free, else another free one; whoever has ports of its own keeps to those."""
    isAllowed = OWN_PORTS not in os.environ or preferred in _spare()
    if isAllowed and preferred not in avoid and isFree(preferred):
        return preferred
    return freePort(avoid)


def _spare() -> range:
    lowest, _, highest = os.environ.get(OWN_PORTS, f"{LOWEST_SPARE}-{HIGHEST}").partition("-")
    return range(int(lowest), int(highest) + 1)


def _candidates(chooser: random.Random) -> Iterator[int]:
    spare = _spare()
    while True:
        yield chooser.choice(spare)
