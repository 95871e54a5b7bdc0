"""What the repository of passkeys promises: PostgreSQL and the fake keep the same promises."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from conftest import DatabaseUrls
from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyNotFoundError, PasskeyTakenError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userPasskey import MAX_PASSKEY_NAME_LENGTH, UserPasskey
from KAuthApp.backend.domain.policies.decoyPasskeys import decoysFrom
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from KAuthApp.backend.tests.builders import NOON, anAccount
from KAuthApp.backend.tests.fakes import FakeAuthWork
from shared.backend.database.engine import Database
from shared.backend.utils.clock import FixedClock
from shared.backend.utils.uuid import generateId
from shared.backend.webAuthn.ceremoniesInterface import CredentialHint, NewCredential, VerifiedAssertion

LATER = NOON + timedelta(minutes=1)


@pytest.fixture(params=["fake", "postgresql"])
async def openWork(request: pytest.FixtureRequest, database: DatabaseUrls) -> AsyncIterator[OpenAuthWork]:
    if request.param == "fake":
        work = FakeAuthWork()
        yield lambda: work
        return
    pool = Database(database.public, poolSize=8)
    yield unitOfWorkOn(pool, FixedClock(NOON))
    await pool.close()


def aCredential(credentialId: bytes | None = None, signCount: int = 0) -> NewCredential:
    return NewCredential(
        credentialId=credentialId or secrets.token_bytes(32),
        publicKey=b"a key",
        signCount=signCount,
        aaguid=generateId(),
        transports=("internal", "hybrid"),
        isBackupEligible=True,
        isBackedUp=False,
    )


def shown(signCount: int, isBackedUp: bool = True) -> VerifiedAssertion:
    return VerifiedAssertion(signCount=signCount, isBackedUp=isBackedUp, hasUserHandle=True)


async def anOwner(openWork: OpenAuthWork) -> UserAccount:
    async with openWork() as work:
        owner = await work.users.register(anAccount(active=False))
        assert owner is not None
        await work.commit()
    return owner


async def aPasskey(openWork: OpenAuthWork, owner: UserAccount, credential: NewCredential | None = None) -> UserPasskey:
    passkey = UserPasskey.register(owner.id, credential or aCredential(), "My phone", NOON)
    async with openWork() as work:
        await work.passkeys.add(passkey)
        await work.commit()
    return passkey


async def testAPasskeyIsFoundByItsOwnerAndByItself(openWork: OpenAuthWork) -> None:
    owner, stranger = await anOwner(openWork), await anOwner(openWork)
    first, second = await aPasskey(openWork, owner), await aPasskey(openWork, owner)
    async with openWork() as work:
        assert [each.id for each in await work.passkeys.listOf(owner.id)] == [first.id, second.id]
        assert (await work.users.secondFactorsOf(owner.id)).passkeys == 2
        found = await work.passkeys.findWithOwner(first.credentialId)
        assert found is not None
        assert (found[0].known, found[1].id) == (first.known, owner.id)
        assert await work.passkeys.findWithOwner(b"nobody's") is None
        assert await work.passkeys.findOf(stranger.id, first.credentialId) is None
        with pytest.raises(PasskeyNotFoundError):
            await work.passkeys.get(stranger.id, first.id)
        assert (await work.passkeys.get(owner.id, first.id)).transports == ["internal", "hybrid"]


async def testACredentialBelongsToOneAccount(openWork: OpenAuthWork) -> None:
    owner, stranger = await anOwner(openWork), await anOwner(openWork)
    passkey = await aPasskey(openWork, owner)
    for taker in (owner, stranger):
        async with openWork() as work:
            with pytest.raises(PasskeyTakenError):
                await work.passkeys.add(
                    UserPasskey.register(taker.id, aCredential(passkey.credentialId), "Mine too", NOON)
                )


@pytest.mark.parametrize(
    ("stored", "next_", "isWritten"),
    [(0, 0, True), (0, 1, True), (5, 6, True), (5, 4_000_000_000, True), (5, 5, False), (5, 4, False), (5, 0, False)],
)
async def testAUseIsWrittenDownUnlessTheCounterWentBack(
    openWork: OpenAuthWork, stored: int, next_: int, isWritten: bool
) -> None:
    passkey = await aPasskey(openWork, await anOwner(openWork), aCredential(signCount=stored))
    async with openWork() as work:
        assert await work.passkeys.recordUse(passkey.id, shown(next_), LATER) is isWritten
        await work.commit()
    async with openWork() as work:
        found = await work.passkeys.get(passkey.userId, passkey.id)
    assert found.signCount == (next_ if isWritten else stored)
    assert found.lastUsedAt == (LATER if isWritten else None)
    assert found.isBackedUp is isWritten


async def testOfEqualCountersOneIsWritten(database: DatabaseUrls) -> None:
    pool = Database(database.public, poolSize=20)
    openWork = unitOfWorkOn(pool, FixedClock(NOON))
    passkey = await aPasskey(openWork, await anOwner(openWork), aCredential(signCount=5))

    async def use() -> bool:
        async with openWork() as work:
            isWritten = await work.passkeys.recordUse(passkey.id, shown(6), LATER)
            await work.commit()
        return isWritten

    assert sum(await asyncio.gather(*(use() for _ in range(20)))) == 1
    await pool.close()


async def testACounterThatWentBackIsMarkedAndAPasskeyRemoved(openWork: OpenAuthWork) -> None:
    owner = await anOwner(openWork)
    passkey = await aPasskey(openWork, owner)
    async with openWork() as work:
        await work.passkeys.markRegressed(passkey.id, LATER)
        await work.commit()
    async with openWork() as work:
        found = await work.passkeys.get(owner.id, passkey.id)
        assert found.counterRegressedAt == LATER
        await work.passkeys.remove(found)
        await work.commit()
    async with openWork() as work:
        assert await work.passkeys.listOf(owner.id) == []


async def testABrowserIsToldWhatToLookFor(openWork: OpenAuthWork) -> None:
    owner, stranger = await anOwner(openWork), await anOwner(openWork)
    passkey = await aPasskey(openWork, owner)
    async with openWork() as work:
        hints = await work.passkeys.hintsFor(EmailAddress.parse(owner.email.upper()))
        assert list(hints) == [CredentialHint(credentialId=passkey.credentialId, transports=("internal", "hybrid"))]
        assert list(await work.passkeys.hintsFor(EmailAddress.parse(stranger.email))) == []
        assert list(await work.passkeys.hintsFor(EmailAddress.parse("nobody@example.com"))) == []


def testDecoysStayTheSameAndDifferFromEachOther() -> None:
    seeds = [secrets.token_bytes(32) for _ in range(200)]
    decoys = [decoysFrom(seed) for seed in seeds]
    assert [decoysFrom(seed) for seed in seeds] == decoys
    ids = [hint.credentialId for each in decoys for hint in each]
    assert len(set(ids)) == len(ids)
    assert {len(each) for each in decoys} == {1, 2}
    assert all(16 <= len(credentialId) <= 64 for credentialId in ids)


def testANameFitsItsColumnAndAHandleStays() -> None:
    passkey = UserPasskey.register(generateId(), aCredential(), "x" * 500, NOON)
    assert len(passkey.name) == MAX_PASSKEY_NAME_LENGTH
    account = anAccount()
    assert account.givePasskeyHandle(b"first") == b"first"
    assert account.givePasskeyHandle(b"second") == b"first"
