"""What the repositories promise: PostgreSQL and the fakes keep the same promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from conftest import DatabaseUrls
from KAuthApp.backend.domain.exceptions.authErrors import EmailTakenError, SessionNotFoundError, UnauthenticatedError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import CodeAttempt
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose, OneTimeCode
from KAuthApp.backend.domain.models.signingKey import SigningKey
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserStatus
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.domain.models.userSession import SessionClient, SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.emailChangePolicy import EmailChangePolicy
from KAuthApp.backend.domain.policies.personalKeys import keyOf
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from KAuthApp.backend.domain.policies.tokenPolicy import TokenPolicy
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from KAuthApp.backend.tests.builders import CODES, NOON, SESSIONS, aCode, anAccount, aRefreshToken, aSession
from KAuthApp.backend.tests.fakes import FakeAuthWork
from shared.backend.database.engine import Database
from shared.backend.utils.clock import FixedClock
from shared.backend.utils.paging import PageInput
from shared.backend.utils.uuid import generateId

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["fake", "postgresql"])
async def openWork(request: pytest.FixtureRequest, database: DatabaseUrls) -> AsyncIterator[OpenAuthWork]:
    if request.param == "fake":
        work = FakeAuthWork()
        yield lambda: work
        return
    pool = Database(database.public, poolSize=4)
    yield unitOfWorkOn(pool, FixedClock(NOON))
    await pool.close()


async def saved(openWork: OpenAuthWork, account: UserAccount | None = None) -> UserAccount:
    async with openWork() as work:
        account = account or anAccount(active=False)
        known = await work.users.register(account)
        assert known is not None
        await work.commit()
    return known


async def active(openWork: OpenAuthWork) -> UserAccount:
    account = await saved(openWork)
    async with openWork() as work:
        user = await work.users.getForUpdate(account.id)
        user.confirmEmail(NOON)
        await work.commit()
    return user


async def withSession(openWork: OpenAuthWork, policy: SessionPolicy = SESSIONS) -> UserSession:
    user = await active(openWork)
    session = aSession(user.id, policy=policy)
    async with openWork() as work:
        await work.sessions.add(session)
        await work.commit()
    return session


async def testAnUnknownAddressIsRegistered(openWork: OpenAuthWork) -> None:
    account = await saved(openWork)
    async with openWork() as work:
        found = await work.users.findByEmail(EmailAddress.parse(account.email.upper()))
    assert found is not None
    assert (found.id, found.status, found.roles) == (account.id, UserStatus.PENDING_VERIFICATION, [])


async def testAnUnprovenRegistrationIsRenewedByTheNext(openWork: OpenAuthWork) -> None:
    first = await saved(openWork)
    second = await saved(openWork, anAccount(first.email, active=False, passwordHash="another hash"))
    assert second.id == first.id
    async with openWork() as work:
        found = await work.users.get(first.id)
    assert found.passwordHash == "another hash"


async def testAProvenAddressIsTaken(openWork: OpenAuthWork) -> None:
    first = await active(openWork)
    async with openWork() as work:
        assert await work.users.register(anAccount(first.email, passwordHash="another hash")) is None
        await work.commit()
    async with openWork() as work:
        found = await work.users.findByEmailForUpdate(EmailAddress.parse(first.email))
    assert found is not None
    assert found.passwordHash == first.passwordHash


async def testAnUnknownAccountIsNoIdentity(openWork: OpenAuthWork) -> None:
    async with openWork() as work:
        with pytest.raises(UnauthenticatedError):
            await work.users.get(generateId())
        assert await work.users.findByEmail(EmailAddress.parse("nobody@example.com")) is None


async def testAnothersSessionIsNotFound(openWork: OpenAuthWork) -> None:
    session = await withSession(openWork)
    async with openWork() as work:
        with pytest.raises(SessionNotFoundError):
            await work.sessions.getForUpdate(generateId(), session.id)


async def testEndAllEndsEveryOtherSessionOnceAndOfThisUserOnly(openWork: OpenAuthWork) -> None:
    stranger = await withSession(openWork)
    user = await active(openWork)
    sessions = [aSession(user.id) for _ in range(3)]
    async with openWork() as work:
        for session in sessions:
            await work.sessions.add(session)
        await work.commit()
    kept, *others = sessions
    async with openWork() as work:
        change = SessionEndReason.PASSWORD_CHANGED
        ended = await work.sessions.endAll(user.id, change, NOON, latelySince=NOON - MINUTE, exceptId=kept.id)
        again = await work.sessions.endAll(
            user.id, SessionEndReason.LOGOUT, NOON, latelySince=NOON - MINUTE, exceptId=kept.id
        )
        later = await work.sessions.endAll(user.id, SessionEndReason.LOGOUT, NOON, latelySince=NOON, exceptId=kept.id)
        await work.commit()
    assert (set(ended.now), set(ended.lately)) == ({session.id for session in others}, set())
    assert (set(again.now), set(again.lately)) == (set(), {session.id for session in others})
    assert later.all == []
    async with openWork() as work:
        assert [each.id for each in (await work.sessions.listLive(user.id, NOON, PageInput())).items] == [kept.id]
        theirs = await work.sessions.listLive(stranger.userId, NOON, PageInput())
        assert [each.id for each in theirs.items] == [stranger.id]


async def testWhatAnotherChangeIsEndingCountsAsEndedLately(openWork: OpenAuthWork) -> None:
    session = await withSession(openWork)

    async def endAll() -> EndedCredentials:
        async with openWork() as work:
            ended = await work.sessions.endAll(
                session.userId, SessionEndReason.PASSWORD_RESET, NOON, latelySince=NOON - MINUTE
            )
            await work.commit()
        return ended

    async with openWork() as other:
        (await other.sessions.getForUpdate(session.userId, session.id)).end(SessionEndReason.LOGOUT, NOON)
        await other.users.get(session.userId)  # what was changed is written, and not yet committed
        ending = asyncio.create_task(endAll())
        await asyncio.sleep(0.3)
        await other.commit()
    ended = await ending
    assert (list(ended.now), list(ended.lately)) == ([], [session.id])


async def testUseIsWrittenDownOnceAMinuteAndNeverBeyondTheAbsoluteEnd(openWork: OpenAuthWork) -> None:
    session = await withSession(openWork)
    later = NOON + MINUTE
    policy = SessionPolicy(idle=timedelta(days=365))
    async with openWork() as work:
        assert await work.sessions.touch(session.id, later, policy)
        assert not await work.sessions.touch(session.id, later, policy)
        await work.commit()
    async with openWork() as work:
        found = await work.sessions.getForUpdate(session.userId, session.id)
    assert found.lastSeenAt == later
    assert found.idleExpiresAt == session.expiresAt


@pytest.mark.parametrize(
    "authMethods", [["password"], ["password", "emailCode"], ["password", "totp"], ["passkey"], ["password", "passkey"]]
)
async def testUseMovesTheIdleEndByWhatTheSessionWasOpenedWith(openWork: OpenAuthWork, authMethods: list[str]) -> None:
    """PostgreSQL computes what the model does."""
    user = await active(openWork)
    session, twin = aSession(user.id, authMethods=authMethods), aSession(user.id, authMethods=authMethods)
    async with openWork() as work:
        await work.sessions.add(session)
        await work.commit()
    later = NOON + timedelta(minutes=20)
    async with openWork() as work:
        assert await work.sessions.touch(session.id, later, SESSIONS)
        await work.commit()
    twin.touch(SESSIONS, later)
    async with openWork() as work:
        found = await work.sessions.getForUpdate(session.userId, session.id)
    assert found.idleExpiresAt == twin.idleExpiresAt


async def testSessionsThatAreLongOverAreForgotten(openWork: OpenAuthWork) -> None:
    session = await withSession(openWork)
    async with openWork() as work:
        (await work.sessions.getForUpdate(session.userId, session.id)).end(SessionEndReason.LOGOUT, NOON)
        await work.commit()
    async with openWork() as work:
        await work.sessions.removeEndedBefore(NOON, most=100)
        await work.commit()
    async with openWork() as work:
        assert (await work.sessions.getForUpdate(session.userId, session.id)).id == session.id
        assert await work.sessions.removeEndedBefore(NOON + MINUTE, most=100) >= 1
        await work.commit()
    async with openWork() as work:
        with pytest.raises(SessionNotFoundError):
            await work.sessions.getForUpdate(session.userId, session.id)


async def testAChainOfRefreshTokensIsFollowed(openWork: OpenAuthWork) -> None:
    user = await active(openWork)
    session = aSession(user.id, client=SessionClient.API)
    first, second = aRefreshToken(session.id), aRefreshToken(session.id)
    async with openWork() as work:
        await work.sessions.add(session)
        await work.refreshTokens.add(first)
        first.use(second, "sealed text", NOON)
        await work.refreshTokens.add(second)
        await work.commit()
    async with openWork() as work:
        locked = await work.sessions.findFamilyForUpdate(second.tokenHash)
        assert locked is not None
        assert locked.id == session.id
        assert await work.sessions.findFamilyForUpdate("unknown") is None
        assert await work.refreshTokens.findInFamily(generateId(), second.tokenHash) is None
        link = await work.refreshTokens.findInFamily(session.id, second.tokenHash)
        assert link is not None
        token, predecessor = link
        assert token.id == second.id
        assert predecessor is not None
        assert predecessor.successorSealed == "sealed text"
        assert await work.refreshTokens.forgetSuccessorsOf(NOON, most=10) == 0
        assert await work.refreshTokens.forgetSuccessorsOf(NOON + MINUTE, most=10) == 1
        await work.commit()
    async with openWork() as work:
        found = await work.refreshTokens.findInFamily(session.id, first.tokenHash)
    assert found is not None
    oldest, nothing = found
    assert nothing is None
    assert oldest.successorSealed is None


async def attempt(work: AuthUnitOfWorkInterface, user: UserAccount, text: str, seconds: int = 0) -> CodeAttempt:
    at = NOON + timedelta(seconds=seconds)
    outcome = await work.codes.attempt(user.id, CodePurpose.VERIFY_EMAIL, text, CODES, at)
    await work.commit()
    return outcome


async def withCode(openWork: OpenAuthWork) -> UserAccount:
    user = await active(openWork)
    async with openWork() as work:
        await work.codes.replace(aCode(user.id))
        await work.commit()
    return user


async def testACodeWorksOnce(openWork: OpenAuthWork) -> None:
    user = await withCode(openWork)
    async with openWork() as work:
        assert await attempt(work, user, "wrong") == CodeAttempt.WRONG
        assert await attempt(work, user, "right") == CodeAttempt.RIGHT
        assert await attempt(work, user, "right") == CodeAttempt.NONE_OPEN


async def testFiveWrongTriesVoidACode(openWork: OpenAuthWork) -> None:
    user = await withCode(openWork)
    async with openWork() as work:
        assert [await attempt(work, user, "wrong") for _ in range(5)] == [CodeAttempt.WRONG] * 5
        assert await attempt(work, user, "right") == CodeAttempt.NONE_OPEN


async def testFourWrongTriesDoNot(openWork: OpenAuthWork) -> None:
    user = await withCode(openWork)
    async with openWork() as work:
        assert [await attempt(work, user, "wrong") for _ in range(4)] == [CodeAttempt.WRONG] * 4
        assert await attempt(work, user, "right") == CodeAttempt.RIGHT


async def testAnExpiredCodeIsNotTaken(openWork: OpenAuthWork) -> None:
    user = await withCode(openWork)
    async with openWork() as work:
        lastSecond = int(CODES.lifetime.total_seconds()) - 1
        assert await attempt(work, user, "right", lastSecond + 1) == CodeAttempt.NONE_OPEN
        assert await attempt(work, user, "right", lastSecond) == CodeAttempt.RIGHT


async def testANewCodeVoidsTheOneBefore(openWork: OpenAuthWork) -> None:
    user = await withCode(openWork)
    async with openWork() as work:
        await work.codes.replace(aCode(user.id, "newer"))
        await work.commit()
        assert await attempt(work, user, "right") == CodeAttempt.WRONG
        assert await attempt(work, user, "newer") == CodeAttempt.RIGHT
        assert await work.codes.countIssued(user.id, CodePurpose.VERIFY_EMAIL, NOON - MINUTE) == 2


async def testACodeForOneThingIsNoneForAnother(openWork: OpenAuthWork) -> None:
    user = await withCode(openWork)
    async with openWork() as work:
        outcome = await work.codes.attempt(user.id, CodePurpose.RESET_PASSWORD, "right", CODES, NOON)
    assert outcome == CodeAttempt.NONE_OPEN


async def testAWithdrawnCodeWasNeverIssued(openWork: OpenAuthWork) -> None:
    user = await active(openWork)
    code = aCode(user.id)
    async with openWork() as work:
        await work.codes.replace(code)
        await work.codes.discard(code.id)
        await work.commit()
        assert await work.codes.countIssued(user.id, CodePurpose.VERIFY_EMAIL, NOON - MINUTE) == 0
        assert await attempt(work, user, "right") == CodeAttempt.NONE_OPEN


async def testExpiredCodesAreForgotten(openWork: OpenAuthWork) -> None:
    user = await withCode(openWork)
    async with openWork() as work:
        await work.codes.removeExpiredBefore(NOON + CODES.lifetime, most=100)
        assert await work.codes.countIssued(user.id, CodePurpose.VERIFY_EMAIL, NOON - MINUTE) == 1
        await work.codes.removeExpiredBefore(NOON + CODES.lifetime + MINUTE, most=100)
        assert await work.codes.countIssued(user.id, CodePurpose.VERIFY_EMAIL, NOON - MINUTE) == 0
        await work.commit()


async def testKeysAreListedUntilTheirLastTokenHasExpired(openWork: OpenAuthWork) -> None:
    policy = TokenPolicy(issuer="https://k.example")
    old = SigningKey.create("old", "ES256", {"kty": "EC"}, "sealed", NOON, NOON)
    new = SigningKey.create("new", "ES256", {"kty": "EC"}, "sealed", NOON, NOON + MINUTE)
    async with openWork() as work:
        await work.signingKeys.lockAll()
        await work.signingKeys.add(new)
        await work.signingKeys.add(old)
        old.retire(new.signsFrom, policy)
        await work.commit()
    async with openWork() as work:
        now = await work.signingKeys.listPublished(NOON)
        later = await work.signingKeys.listPublished(policy.lastTokenEnd(new.signsFrom))
    assert [key.kid for key in now] == ["old", "new"]
    assert [key.kid for key in later] == ["new"]


async def testTwoSessionsNeverShareASecret(database: DatabaseUrls) -> None:
    pool = Database(database.public)
    openWork = unitOfWorkOn(pool, FixedClock(NOON))
    session = await withSession(openWork)
    twin = aSession(session.userId)
    twin.secretHash = session.secretHash
    async with openWork() as work:
        with pytest.raises(IntegrityError):
            await work.sessions.add(twin)
    await pool.close()


class PlainSealer(PersonalSealerInterface):
    """Seals nothing: what repositories promise does not depend on it."""

    def newKey(self, userId: UUID, at: datetime) -> UserKey:
        return UserKey.keep(userId, generateId().hex, at)

    def seal(self, key: UserKey, text: str, purpose: str) -> str:
        return text

    def unseal(self, key: UserKey, sealed: str, purpose: str) -> str | None:
        return sealed


SEALER = PlainSealer()
CHANGES = EmailChangePolicy()


async def asked(openWork: OpenAuthWork, user: UserAccount, at: datetime = NOON) -> EmailChange:
    async with openWork() as work:
        key = await keyOf(work, SEALER, user.id, at)
        old = EmailAddress.parse(user.email)
        new = EmailAddress.parse(f"{generateId().hex}@example.com")
        change = EmailChange.ask(key, SEALER, old, new, CHANGES, at)
        await work.emailChanges.replace(change)
        await work.commit()
    return change


async def applied(openWork: OpenAuthWork, user: UserAccount, revertHash: str, at: datetime) -> EmailChange:
    change = await asked(openWork, user, at)
    async with openWork() as work:
        found = await work.emailChanges.findOpen(user.id, at)
        assert found is not None
        found.apply(CHANGES, at)
        await work.emailChanges.allowRevert(change.id, revertHash)
        await work.commit()
    return change


async def testAPersonHasOneKeyWhoeverAddsItFirst(openWork: OpenAuthWork) -> None:
    user = await saved(openWork)
    async with openWork() as work:
        assert await work.userKeys.find(user.id) is None
        first = await work.userKeys.addUnlessThere(SEALER.newKey(user.id, NOON))
        await work.commit()
    async with openWork() as work:
        second = await work.userKeys.addUnlessThere(SEALER.newKey(user.id, NOON))
        assert second.keySealed == first.keySealed
        assert (await keyOf(work, SEALER, user.id, NOON)).keySealed == first.keySealed


async def testOneChangeOfAddressWaitsAtATime(openWork: OpenAuthWork) -> None:
    user = await active(openWork)
    first = await asked(openWork, user)
    second = await asked(openWork, user)
    async with openWork() as work:
        waiting = await work.emailChanges.findOpen(user.id, NOON)
        assert waiting is not None
        assert (waiting.id, first.id == second.id) == (second.id, False)
        assert await work.emailChanges.findOpen(user.id, CHANGES.expiry(NOON)) is None
        assert await work.emailChanges.countAsked(user.id, NOON - MINUTE) == 2
        await work.emailChanges.voidOpen(user.id, NOON)
        await work.commit()
    async with openWork() as work:
        assert await work.emailChanges.findOpen(user.id, NOON) is None


async def testAChangeIsTakenBackOnceAndEndsTheWayBackOfLaterOnes(openWork: OpenAuthWork) -> None:
    user, marks = await active(openWork), [generateId().hex for _ in range(3)]
    for number, mark in enumerate(marks):
        await applied(openWork, user, mark, NOON + number * MINUTE)
    later = NOON + 5 * MINUTE
    async with openWork() as work:
        second = await work.emailChanges.findRevertible(marks[1], later)
        assert second is not None
        assert await work.emailChanges.spendRevert(second, later)
        assert not await work.emailChanges.spendRevert(second, later)
        await work.commit()
    async with openWork() as work:
        left = [mark for mark in marks if await work.emailChanges.findRevertible(mark, later)]
        assert left == marks[:1]
        assert await work.emailChanges.findRevertible(marks[0], CHANGES.revertEnd(NOON)) is None


async def testChangesAreForgottenWhenTheyCannotBeTakenBack(openWork: OpenAuthWork) -> None:
    user = await active(openWork)
    change = await applied(openWork, user, generateId().hex, NOON)
    async with openWork() as work:
        await work.emailChanges.removeOverBefore(CHANGES.revertEnd(NOON), 100_000)
        assert await work.emailChanges.find(change.id) is not None
        await work.emailChanges.removeOverBefore(CHANGES.revertEnd(NOON) + MINUTE, 100_000)
        await work.commit()
    async with openWork() as work:
        assert await work.emailChanges.find(change.id) is None


async def testSeveralCodesAreSpentTogetherOrNotAtAll(openWork: OpenAuthWork) -> None:
    user = await active(openWork)
    right = {CodePurpose.EMAIL_CHANGE_OLD: generateId().hex, CodePurpose.EMAIL_CHANGE_NEW: generateId().hex}
    async with openWork() as work:
        for purpose, codeHash in right.items():
            await work.codes.replace(OneTimeCode.issue(user.id, purpose, codeHash, CODES, NOON))
        await work.commit()
    halfRight = {**right, CodePurpose.EMAIL_CHANGE_NEW: "wrong"}
    async with openWork() as work:
        for _ in range(CODES.mostTries - 1):
            assert not await work.codes.attemptTogether(user.id, halfRight, CODES, NOON)
        assert await work.codes.attemptTogether(user.id, right, CODES, NOON)
        assert not await work.codes.attemptTogether(user.id, right, CODES, NOON)
        await work.commit()


async def testVoidedCodesAreGoodForNothing(openWork: OpenAuthWork) -> None:
    user = await active(openWork)
    code = aCode(user.id)
    async with openWork() as work:
        await work.codes.replace(code)
        await work.codes.voidAll(user.id, NOON)
        attempt = await work.codes.attempt(user.id, code.purpose, code.codeHash, CODES, NOON)
        assert attempt == CodeAttempt.NONE_OPEN
        await work.commit()


async def testAnAddressIsTakenFromUnprovenRegistrationsOnly(openWork: OpenAuthWork) -> None:
    user, owner, squatter = await active(openWork), await active(openWork), await saved(openWork)
    async with openWork() as work:
        await work.users.moveTo(await work.users.getForUpdate(user.id), EmailAddress.parse(squatter.email), NOON)
        await work.commit()
    async with openWork() as work:
        found = await work.users.findByEmail(EmailAddress.parse(squatter.email))
        assert found is not None
        assert found.id == user.id
    async with openWork() as work:
        mover = await work.users.getForUpdate(user.id)
        with pytest.raises(EmailTakenError):
            await work.users.moveTo(mover, EmailAddress.parse(owner.email), NOON)
