"""A Redis that forgets everything between an end and a late copy: the copy that is on its way does not get in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from httpx import AsyncClient

from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenClaims
from KAuthApp.backend.domain.interfaces.credentialReaderInterface import CredentialReaderInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.infrastructure.http.authUseCases import AuthUseCases
from KAuthApp.backend.tests.harness import COOKIE, AuthServer, Person, login

ME = "/api/auth/me"
PATIENCE_S = 10


@dataclass
class Gate:
    """Holds whoever comes by until it is opened."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def hold(self) -> None:
        self.reached.set()
        async with asyncio.timeout(PATIENCE_S):
            await self.opened.wait()

    async def awaitReached(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.reached.wait()


class HeldReader(CredentialReaderInterface):
    """PostgreSQL's answers, each of the first ones held back at a gate after it was read."""

    def __init__(self, real: CredentialReaderInterface, *gates: Gate) -> None:
        self._real, self._gates = real, list(gates)

    async def readCookie(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        found = await self._real.readCookie(credentialHash, at)
        if self._gates:
            await self._gates.pop(0).hold()
        return found

    async def readToken(self, credentialHash: str, claims: AccessTokenClaims, at: datetime) -> SessionCopy | None:
        return await self._real.readToken(credentialHash, claims, at)

    async def readApiKey(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        return await self._real.readApiKey(credentialHash, at)


class HeldCopies(SessionCopiesInterface):
    """The store of copies, before which the first write is held back."""

    def __init__(self, real: SessionCopiesInterface, gate: Gate) -> None:
        self._real, self._gate = real, gate

    async def era(self) -> str | None:
        return await self._real.era()

    async def write(self, copy: SessionCopy, era: str | None) -> None:
        await self._gate.hold()
        await self._real.write(copy, era)

    async def read(self, credentialHash: str) -> SessionCopy | None:
        return await self._real.read(credentialHash)

    def oldest(self, at: datetime) -> datetime:
        return self._real.oldest(at)

    async def endSessions(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        await self._real.endSessions(sessionIds, at)

    async def reread(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        await self._real.reread(sessionIds, at)

    async def renew(self, sessionId: UUID, retiredHash: str | None, at: datetime) -> None:
        await self._real.renew(sessionId, retiredHash, at)


def useCasesOf(server: AuthServer) -> AuthUseCases:
    useCases = server.service.module.state["authUseCases"]
    assert isinstance(useCases, AuthUseCases)
    return useCases


@contextmanager
def readingHeldBack(server: AuthServer, *gates: Gate) -> Iterator[None]:
    resolving = useCasesOf(server).resolveIdentity
    real = resolving._reader
    resolving._reader = HeldReader(real, *gates)
    try:
        yield
    finally:
        resolving._reader = real


@contextmanager
def copyingHeldBack(server: AuthServer, gate: Gate) -> Iterator[None]:
    """The next copy that a sign-in writes waits at the gate."""
    sessions = useCasesOf(server).login._sessions
    real = sessions._copies
    sessions._copies = HeldCopies(real, gate)
    try:
        yield
    finally:
        sessions._copies = real


async def statusOf(server: AuthServer, secret: str) -> int:
    async with server.browser() as another:
        another.cookies.set(COOKIE, secret)
        return (await another.get(ME)).status_code


async def testACopyReadBeforeTheEndIsNotWrittenAfterIt(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        victim, owner = [await stack.enter_async_context(server.browser()) for _ in range(2)]
        await server.signIn(victim, person)
        csrf = await server.signIn(owner, person)
        await server.resources.redis.flushAll()
        assert (await owner.get(ME)).status_code == 200
        first, second = Gate(), Gate()
        with readingHeldBack(server, first, second):
            late = asyncio.create_task(victim.get(ME))
            await first.awaitReached()
            assert (await owner.delete("/api/auth/sessions", headers=csrf)).status_code == 204
            await server.resources.redis.flushAll()
            first.opened.set()
            await second.awaitReached()
            assert await statusOf(server, victim.cookies[COOKIE]) == 401, "the late copy let it in"
            second.opened.set()
            assert (await late).status_code == 401


async def testASignInThatIsEndedBeforeItsCopyIsWrittenLeavesNone(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with AsyncExitStack() as stack:
        victim, owner = [await stack.enter_async_context(server.browser()) for _ in range(2)]
        csrf = await server.signIn(owner, person)
        gate = Gate()
        stack.enter_context(copyingHeldBack(server, gate))
        late = asyncio.create_task(login(victim, Person(person.email)))
        await gate.awaitReached()
        assert (await owner.delete("/api/auth/sessions", headers=csrf)).status_code == 204
        await server.resources.redis.flushAll()
        gate.opened.set()
        assert (await late).status_code == 200
        assert (await victim.get(ME)).status_code == 401
