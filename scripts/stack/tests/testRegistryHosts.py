from __future__ import annotations

from scripts.stack.registryHosts import CARGO_INDEX, findHosts


def testAHostIsFoundWithItsLine() -> None:
    host = ".".join(("files", "python" + "hosted", "org"))
    assert list(findHosts(f"one\nhttps://{host}/packages")) == [(2, host)]


def testCargosNameOfItsIndexIsNoHost() -> None:
    assert list(findHosts(f'source = "{CARGO_INDEX}"')) == []


def testOrdinaryAddressesPass() -> None:
    assert list(findHosts("https://example.org http://localhost:8080 pkg.develop mypypi.organic")) == []
