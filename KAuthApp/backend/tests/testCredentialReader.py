"""Whom a credential stands for, by what PostgreSQL holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from conftest import DatabaseUrls
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenClaims
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.models.apiKey import ApiKey
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.models.userSession import SessionClient, SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.apiKeyPolicy import ApiKeyPolicy
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from KAuthApp.backend.infrastructure.database.credentialReader import CredentialReader
from KAuthApp.backend.tests.builders import NOON, anAccount, aSession
from shared.backend.database.engine import Database
from shared.backend.utils.clock import FixedClock
from shared.backend.utils.uuid import generateId

HOUR = timedelta(hours=1)
POLICY = SessionPolicy(idle=HOUR, absolute=2 * HOUR)


@dataclass
class Owner:
    """An account with a browser's session, a program's and a key that ends."""

    openWork: OpenAuthWork
    reader: CredentialReader
    truth: Database
    browser: UserSession
    program: UserSession
    key: ApiKey

    def claims(self, userId: UUID | None = None, end: datetime = NOON + HOUR / 6) -> AccessTokenClaims:
        return AccessTokenClaims(userId=userId or self.program.userId, sessionId=self.program.id, expiresAt=end)

    async def readAll(self, at: datetime = NOON) -> list[SessionCopy | None]:
        return [
            await self.reader.readCookie(self.browser.secretHash or "", at),
            await self.reader.readToken("hash of the token", self.claims(end=at + HOUR), at),
            await self.reader.readApiKey(self.key.secretHash, at),
        ]

    async def setStatus(self, status: str) -> None:
        async with self.truth.openSession() as session:
            statement = f"UPDATE user_account SET status = '{status}' WHERE id = '{self.browser.userId}'"  # noqa: S608
            await (await session.connection()).exec_driver_sql(statement)
            await session.commit()


@pytest.fixture
async def owner(database: DatabaseUrls) -> AsyncIterator[Owner]:
    pool, truth = Database(database.public, poolSize=4), Database(database.superuser, poolSize=1)
    openWork, account = unitOfWorkOn(pool, FixedClock(NOON)), anAccount()
    browser, program = (
        aSession(account.id, policy=POLICY),
        aSession(account.id, policy=POLICY, client=SessionClient.API),
    )
    keyHash, end = generateId().hex, NOON + 3 * HOUR
    key = ApiKey.issue(account.id, "Shop", "kak_", keyHash, [ApiScope.PAYMENT_READ], end, ApiKeyPolicy(), NOON)
    async with openWork() as work:
        await work.users.register(account)
        (await work.users.getForUpdate(account.id)).confirmEmail(NOON)
        await work.sessions.add(browser)
        await work.sessions.add(program)
        await work.apiKeys.add(key)
        await work.commit()
    yield Owner(openWork, CredentialReader(pool), truth, browser, program, key)
    await pool.close()
    await truth.close()


async def testEachStandsForItsUserUntilItEnds(owner: Owner) -> None:
    found = await owner.readAll()
    cookie, token, key = [copy for copy in found if copy is not None]
    assert {copy.userId for copy in (cookie, token, key)} == {owner.browser.userId}
    assert [copy.sessionId for copy in (cookie, token, key)] == [owner.browser.id, owner.program.id, owner.key.id]
    assert [copy.expiresAt for copy in (cookie, token, key)] == [NOON + HOUR, NOON + HOUR, NOON + 3 * HOUR]
    assert [copy.endsAt for copy in (cookie, token, key)] == [NOON + 2 * HOUR, NOON + HOUR, NOON + 3 * HOUR]
    assert [(copy.kind, copy.scopes, copy.authMethods) for copy in (cookie, key)] == [
        ("session", (), ("password",)),
        ("apiKey", ("payment.read",), ()),
    ]


@pytest.mark.parametrize(("after", "good"), [(HOUR - HOUR / 60, 3), (HOUR, 1), (2 * HOUR, 1), (3 * HOUR, 0)])
async def testWhatHasEndedByItselfIsNobodys(owner: Owner, after: timedelta, good: int) -> None:
    """A session that is not used for an hour ends with it, a key at its own end."""
    assert len([copy for copy in await owner.readAll(NOON + after) if copy is not None]) == good


async def testWhatWasEndedIsNobodys(owner: Owner) -> None:
    async with owner.openWork() as work:
        for session in (owner.browser, owner.program):
            (await work.sessions.getForUpdate(session.userId, session.id)).end(SessionEndReason.LOGOUT, NOON)
        (await work.apiKeys.getForUpdate(owner.key.userId, owner.key.id)).revoke(NOON)
        await work.commit()
    assert await owner.readAll() == [None, None, None]


@pytest.mark.parametrize("status", ["suspended", "pendingVerification"])
async def testNobodyIsBehindAnAccountThatIsNotActive(owner: Owner, status: str) -> None:
    await owner.setStatus(status)
    assert await owner.readAll() == [None, None, None]
    await owner.setStatus("active")
    assert None not in await owner.readAll()


async def testATokenForAnothersSessionIsNobodys(owner: Owner) -> None:
    assert await owner.reader.readToken("hash", owner.claims(userId=generateId()), NOON) is None
    assert await owner.reader.readToken("hash", owner.claims(end=NOON), NOON) is None


async def testOneKindIsNeverFoundAsAnother(owner: Owner) -> None:
    assert await owner.reader.readApiKey(owner.browser.secretHash or "", NOON) is None
    assert await owner.reader.readCookie(owner.key.secretHash, NOON) is None


async def testManyAtOnceEachGetTheirOwn(owner: Owner) -> None:
    hashes = [owner.browser.secretHash or "", generateId().hex] * 300
    found = await asyncio.gather(*(owner.reader.readCookie(each, NOON) for each in hashes))
    assert [copy is not None for copy in found] == [True, False] * 300
