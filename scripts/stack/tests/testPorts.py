from __future__ import annotations

import socket
from itertools import pairwise

import pytest

from scripts.stack.ports import HIGHEST, LOWEST_SPARE, OWN_PORTS, choosePort, freePort, shareOfPorts

PREFERRED = 8080


def ends(share: str) -> tuple[int, int]:
    lowest, highest = share.split("-")
    return int(lowest), int(highest)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64])
def testNoPortBelongsToTwo(count: int) -> None:
    shares = [ends(shareOfPorts(number, count)) for number in range(count)]
    assert all(before[1] < after[0] for before, after in pairwise(shares))
    assert all(lowest <= highest for lowest, highest in shares)
    assert (shares[0][0], shares[-1][1] <= HIGHEST) == (LOWEST_SPARE, True)


def testWhoeverHasPortsOfItsOwnTakesNoOthers(monkeypatch: pytest.MonkeyPatch) -> None:
    first = freePort()
    monkeypatch.setenv(OWN_PORTS, f"{first}-{first + 20}")
    with socket.create_server(("127.0.0.1", first)):
        chosen = {freePort() for _ in range(20)} | {choosePort(PREFERRED)}
    assert chosen <= set(range(first + 1, first + 21))


def testAPortOfItsOwnIsKept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OWN_PORTS, shareOfPorts(0, 1))
    kept = freePort()
    assert choosePort(kept) == kept
    assert choosePort(kept, avoid={kept}) != kept


def testWithoutPortsOfItsOwnThePreferredOneIsTaken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OWN_PORTS, raising=False)
    preferred = freePort()
    assert choosePort(preferred) == preferred
