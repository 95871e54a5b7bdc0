"""Every case of `badInput/cases.txt` against the real nginx and two servers that record what reaches them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

import pytest
import pytest_asyncio

from nginx.tests.badInput.corpus import Case, readCases
from nginx.tests.badInput.strictServer import StrictServer
from nginx.tests.gatewayUnderTest import SECRET, GatewayUnderTest, aPolicy
from nginx.tests.tinyServer import Received
from scripts.stack.provision import ServiceTools

CASES: Final = readCases()
BY_NAME: Final = {case.name: case for case in CASES}
AT_ONCE: Final = 40
ANSWER_SECONDS: Final = 15.0
# Whatever else may come back comes at once; a slow machine makes this a weaker test and never a failing one.
MORE_SECONDS: Final = 0.4
LEAST_CASES: Final = 200
POLICIES: Final = (
    aPolicy(id="login", name="login", method="POST", path="/api/auth/login", limit=9000),
    aPolicy(id="auth", name="auth", path="/api/auth/", match="prefix", limit=9000),
    aPolicy(id="payment", name="payment", path="/api/payment/", match="prefix", limit=9000),
    aPolicy(id="admin", name="admin", path="/api/admin/", match="prefix", limit=9000),
)
OF_THE_GATEWAY: Final = {
    "x-k-client-address": "127.0.0.1",
    "x-k-gateway-secret": SECRET,
}


@dataclass(frozen=True)
class Answer:
    status: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def requestId(self) -> str:
        return self.fields.get("x-request-id", "")

    @property
    def policies(self) -> set[str]:
        named = self.fields.get("ratelimit-policy", "")
        return {part.split(";")[0].strip().strip('"') for part in named.split(",") if part.strip()}


@dataclass(frozen=True)
class Outcome:
    answers: Sequence[Answer]
    reached: Mapping[str, tuple[str, Received]]


@pytest_asyncio.fixture(name="outcomes", scope="module")
async def sendAll(tools: ServiceTools, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    """What came of every case, by its name. `leftovers` holds what reached a server and belongs to no answer."""
    folder = tmp_path_factory.mktemp("badInput")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    gateway = GatewayUnderTest(tools, folder)
    public, admin = StrictServer("public", gateway.ports.public), StrictServer("admin", gateway.ports.admin)
    gateway.public, gateway.admin = public, admin
    places = asyncio.Semaphore(AT_ONCE)
    try:
        await gateway.start()
        await gateway.publish(*POLICIES)
        answers = await asyncio.gather(*(_send(gateway.ports.gateway, case, places) for case in CASES))
    finally:
        await gateway.stop()
    return _sorted(answers, [public, admin])


def _sorted(answers: Sequence[Sequence[Answer]], servers: Sequence[StrictServer]) -> dict[str, Outcome]:
    received = {
        one.valuesOf("X-Request-ID")[0]: (server.name, one)
        for server in servers
        for one in server.received
        if not one.target.endswith("/health")
    }
    outcomes = {}
    for case, given in zip(CASES, answers, strict=True):
        own = {answer.requestId: received.pop(answer.requestId) for answer in given if answer.requestId in received}
        outcomes[case.name] = Outcome(given, own)
    return outcomes | {
        "leftovers": Outcome([], received),
        "faults": Outcome([Answer(fault) for server in servers for fault in server.faults], {}),
    }


async def _send(port: int, case: Case, places: asyncio.Semaphore) -> list[Answer]:
    async with places:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 21)
        writing = asyncio.create_task(_write(writer, case.sent))
        answers: list[Answer] = []
        wanted = len(case.answers) - case.mayBeSilent
        with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            while True:
                isOver = len(answers) >= wanted
                async with asyncio.timeout(MORE_SECONDS if isOver else ANSWER_SECONDS):
                    method = case.answers[len(answers)].method if len(answers) < len(case.answers) else ""
                    answers.append(await _readAnswer(reader, method))
        writing.cancel()
        writer.close()
        await asyncio.gather(writing, return_exceptions=True)
        return answers


async def _write(writer: asyncio.StreamWriter, sent: bytes) -> None:
    """Beside the reading: a gateway that refuses a body answers before it has read it, and may hang up."""
    writer.write(sent)
    await writer.drain()


async def _readAnswer(reader: asyncio.StreamReader, method: str) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    if not first.startswith("HTTP/1.1 "):
        return Answer("no head")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = first.split(" ")[1]
    if method == "HEAD" or status in ("100", "204", "304"):
        return Answer(status, fields)
    if fields.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(fields.get("content-length", "0")))
    return Answer(status, fields)


def testThereAreEnoughCasesAndEachIsNamedOnce() -> None:
    assert len(CASES) >= LEAST_CASES
    assert len(BY_NAME) == len(CASES)
    assert [case.name for case in CASES if not case.answers] == []


@pytest.mark.parametrize("name", BY_NAME)
def testACase(outcomes: Mapping[str, Outcome], name: str) -> None:
    case, outcome = BY_NAME[name], outcomes[name]
    statuses = [answer.status for answer in outcome.answers]
    isSilent = case.mayBeSilent and len(statuses) < len(case.answers)
    expected = case.answers[:-1] if isSilent else case.answers
    assert len(statuses) == len(expected), statuses
    for answer, each in zip(outcome.answers, expected, strict=True):
        assert answer.status in each.statuses, statuses
        came = outcome.reached.get(answer.requestId)
        if each.server and came is None:
            assert answer.status != "200", "it was answered and reached nobody"
        if came is not None:
            server, received = came
            assert (server, received.method, received.target) == (each.server, each.method, each.target)
            assert each.body in (None, received.body)
            ensureSaidByTheGateway(received)
            assert answer.policies == policiesOf(received), "another policy than that of its plain form"


def testNothingReachedAServerThatWasNotAnswered(outcomes: Mapping[str, Outcome]) -> None:
    assert outcomes["leftovers"].reached == {}


def testNothingReachedAServerButWholeRequests(outcomes: Mapping[str, Outcome]) -> None:
    assert outcomes["faults"].answers == []


def ensureSaidByTheGateway(received: Received) -> None:
    """No claim of a caller is among the fields, and what the gateway says is said once."""
    assert [name for name, value in received.headers if "evil" in value] == []
    assert [name for name, _ in received.headers if "_" in name] == []
    for name, value in OF_THE_GATEWAY.items():
        assert received.valuesOf(name) == [value], name
    assert len(received.valuesOf("Host")) == 1


def policiesOf(received: Received) -> set[str]:
    """The policies of the path as the servers read it."""
    path = unquote(received.target.partition("?")[0])
    names = {str(each["name"]) for each in POLICIES if each["match"] == "prefix" and path.startswith(str(each["path"]))}
    return names | ({"login"} if (received.method, path) == ("POST", "/api/auth/login") else set())
