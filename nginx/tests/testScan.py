"""A scan as strangers run it (ffuf with the lists of dirb) finds what is meant for everybody, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx
import pytest

from nginx.tests.gatewayUnderTest import GatewayUnderTest
from scripts.stack.debianPackages import DebianPackages
from scripts.stack.paths import TOOLS

LISTS: Final = "usr/share/dirb/wordlists"
LONGEST_SECONDS: Final = 120
FEWEST_WORDS: Final = 4000
# words with a lone percent sign, which ffuf does not ask for
NO_ADDRESSES: Final = 3
PAGES: Final = ("/auth/", "/payment/", "/admin/")
SERVED: Final = ("/api/auth/", "/api/payment/", "/api/admin/")
OPEN: Final = {"/health", "/api/docs", "/api/openapi.json", "/api/admin/docs"}
REDIRECTS: Final = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND}
REFUSALS: Final = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


@dataclass(frozen=True)
class Found:
    """One answer of the scan."""

    path: str
    status: int
    length: int
    leadsTo: str


@pytest.fixture(name="scanner", scope="module")
def provideScanner() -> Path:
    return DebianPackages(TOOLS).unpack("scan", ("ffuf", "dirb"))


async def scan(
    scanner: Path, gateway: GatewayUnderTest, prefix: str, lists: tuple[str, ...], folder: Path
) -> list[Found]:
    """Every word behind the prefix, asked for once. With one thread: several threads of ffuf lose answers."""
    words = {word.lstrip("/") for name in lists for path in (scanner / LISTS).glob(name) for word in wordsOf(path)}
    assert len(words) > FEWEST_WORDS
    (folder / "words.txt").write_text("\n".join(sorted(words)))
    size = ["-s", "-t", "1", "-mc", "all", "-timeout", "20", "-maxtime", str(LONGEST_SECONDS)]
    files = ["-w", str(folder / "words.txt"), "-of", "json", "-o", str(folder / "found.json")]
    process = await asyncio.create_subprocess_exec(
        str(scanner / "usr/bin/ffuf"), *size, *files, "-u", f"{gateway.url}{prefix}FUZZ",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env={"HOME": str(folder)},
    )  # fmt: skip
    assert await process.wait() == 0
    answers = json.loads((folder / "found.json").read_text())["results"]
    assert len(words) - len(answers) <= NO_ADDRESSES
    return [
        Found(one["url"].removeprefix(gateway.url), one["status"], one["length"], one["redirectlocation"])
        for one in answers
    ]


def wordsOf(path: Path) -> Iterator[str]:
    for word in path.read_text(errors="replace").splitlines():
        if word.strip() and word.isprintable():
            yield word.strip()


async def testBesideThePagesAndTheServersThereIsNothing(
    scanner: Path, gateway: GatewayUnderTest, tmp_path: Path
) -> None:
    answers = await scan(scanner, gateway, "/", ("common.txt", "vulns/*.txt", "stress/*uri_hex.txt"), tmp_path)
    assert len(answers) > 10_000
    other = [one for one in answers if not one.path.startswith(PAGES) and one.path not in OPEN]
    assert {one.status for one in other} <= REDIRECTS | REFUSALS
    assert {one.leadsTo for one in other if one.status in REDIRECTS} <= {"/auth/", "/payment/", "/admin/"}
    asked = [one.target for one in gateway.public.received + gateway.admin.received]
    assert set(asked) <= {"/health"}, "the servers are asked how they are, and nothing else"


async def testBehindTheApiOnlyTheServersAnswer(scanner: Path, gateway: GatewayUnderTest, tmp_path: Path) -> None:
    answers = await scan(scanner, gateway, "/api/", ("common.txt", "vulns/cgis.txt"), tmp_path)
    other = [one for one in answers if not one.path.startswith(SERVED) and one.path not in OPEN]
    assert {one.status for one in other} <= REFUSALS


@pytest.mark.parametrize("prefix", PAGES)
async def testUnderAPageThereAreItsFilesAndItself(
    scanner: Path, gateway: GatewayUnderTest, client: httpx.AsyncClient, prefix: str, tmp_path: Path
) -> None:
    answers = await scan(scanner, gateway, prefix, ("common.txt", "vulns/apache.txt"), tmp_path)
    lengths = {len((await client.get(path)).content) for path in (prefix, f"{prefix}favicon.svg")}
    assert {one.length for one in answers if one.status == HTTPStatus.OK} <= lengths
    assert {one.status for one in answers} <= REFUSALS | {HTTPStatus.OK}
    hidden = await scan(scanner, gateway, f"{prefix}assets/", ("common.txt",), tmp_path)
    assert {one.status for one in hidden} <= REFUSALS
