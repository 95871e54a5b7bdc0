"""Free TCP ports below the range that the kernel hands out for outgoing connections."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection, Iterator
from typing import Final

HIGHEST: Final = 32767
LOWEST_SPARE: Final = 20000


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
    """The preferred port when it is free, else another free one."""
    if preferred not in avoid and isFree(preferred):
        return preferred
    return freePort(avoid)


def _candidates(chooser: random.Random) -> Iterator[int]:
    while True:
        yield chooser.randint(LOWEST_SPARE, HIGHEST)
