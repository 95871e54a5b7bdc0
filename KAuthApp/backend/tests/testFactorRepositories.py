"""What the repositories of challenges and factors promise: PostgreSQL and the fakes keep the same promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userRecoveryCode import UserRecoveryCode
from KAuthApp.backend.domain.models.userTotp import UserTotp
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.tests.builders import NOON, anAccount
from KAuthApp.backend.tests.testRepositories import openWork
from shared.backend.utils.uuid import generateId

POLICY = ChallengePolicy()
MINUTE = timedelta(minutes=1)
LAST_MOMENT = NOON + POLICY.lifetime - timedelta(seconds=1)

__all__ = ["openWork"]


async def saved(openWork: OpenAuthWork) -> UserAccount:
    async with openWork() as work:
        account = await work.users.register(anAccount(active=False))
        await work.commit()
    assert account is not None
    return account


async def begun(openWork: OpenAuthWork, kind: ChallengeKind = ChallengeKind.SECOND_FACTOR) -> SignInChallenge:
    account = await saved(openWork)
    challenge = SignInChallenge.open(kind, POLICY, NOON, userId=account.id, webAuthnChallenge=generateId().bytes * 2)
    async with openWork() as work:
        await work.challenges.add(challenge)
        await work.commit()
    return challenge


async def inItsOwn(openWork: OpenAuthWork, change: Callable[[AuthUnitOfWorkInterface], Awaitable[bool]]) -> bool:
    async with openWork() as work:
        won = await change(work)
        await work.commit()
    return won


async def testAChallengeIsFoundByIdAndByWhatWasSigned(openWork: OpenAuthWork) -> None:
    challenge = await begun(openWork)
    async with openWork() as work:
        byId = await work.challenges.findOpen(challenge.id, ChallengeKind.SECOND_FACTOR, LAST_MOMENT)
        bySigned = await work.challenges.findOpenByWebAuthn(challenge.webAuthnChallenge or b"", LAST_MOMENT)
        assert byId is not None
        assert bySigned is not None
        assert byId.id == bySigned.id == challenge.id
        assert await work.challenges.findOpen(challenge.id, ChallengeKind.STEP_UP, NOON) is None
        assert await work.challenges.findOpen(challenge.id, ChallengeKind.SECOND_FACTOR, NOON + POLICY.lifetime) is None
        signed = challenge.webAuthnChallenge or b""
        assert await work.challenges.findOpenByWebAuthn(signed, NOON + POLICY.lifetime) is None
        assert await work.challenges.findOpenByWebAuthn(b"something else" * 3, NOON) is None


async def testOfTwentyWhoSpendAChallengeOneIsTold(openWork: OpenAuthWork) -> None:
    challenge = await begun(openWork)
    spent = await asyncio.gather(
        *(inItsOwn(openWork, lambda work: work.challenges.spend(challenge.id, NOON)) for _ in range(20))
    )
    assert sum(spent) == 1
    async with openWork() as work:
        assert await work.challenges.findOpen(challenge.id, ChallengeKind.SECOND_FACTOR, NOON) is None


async def testAnExpiredChallengeIsNotSpent(openWork: OpenAuthWork) -> None:
    challenge = await begun(openWork)
    async with openWork() as work:
        assert not await work.challenges.spend(challenge.id, NOON + POLICY.lifetime)
        assert await work.challenges.spend(challenge.id, LAST_MOMENT)


async def testTheLastWrongAnswerUsesAChallengeUp(openWork: OpenAuthWork) -> None:
    challenge = await begun(openWork)
    for wrong in range(1, POLICY.mostTries + 1):
        async with openWork() as work:
            await work.challenges.countFailure(challenge.id, POLICY, NOON)
            await work.commit()
        async with openWork() as work:
            left = await work.challenges.findOpen(challenge.id, ChallengeKind.SECOND_FACTOR, NOON)
        assert (left is not None) == (wrong < POLICY.mostTries)


async def testVoidingTouchesOneUserOnly(openWork: OpenAuthWork) -> None:
    mine, theirs = await begun(openWork), await begun(openWork)
    async with openWork() as work:
        assert mine.userId is not None
        await work.challenges.voidAll(mine.userId, NOON)
        await work.commit()
    async with openWork() as work:
        assert not await work.challenges.spend(mine.id, NOON)
        assert await work.challenges.spend(theirs.id, NOON)


async def testExpiredChallengesAreForgotten(openWork: OpenAuthWork) -> None:
    challenge = await begun(openWork)
    async with openWork() as work:
        await work.challenges.removeExpiredBefore(NOON + POLICY.lifetime, most=1000)
        await work.commit()
    async with openWork() as work:
        assert await work.challenges.findOpen(challenge.id, ChallengeKind.SECOND_FACTOR, NOON) is not None
        assert await work.challenges.removeExpiredBefore(NOON + POLICY.lifetime + MINUTE, most=1000) >= 1
        await work.commit()
    async with openWork() as work:
        assert await work.challenges.findOpen(challenge.id, ChallengeKind.SECOND_FACTOR, NOON) is None


def proposal(account: UserAccount, sealed: str = "sealed") -> UserTotp:
    return UserTotp(userId=account.id, secretSealed=sealed, createdAt=NOON)


async def confirmed(openWork: OpenAuthWork, step: int = 100) -> UserAccount:
    account = await saved(openWork)
    async with openWork() as work:
        assert await work.totps.propose(proposal(account))
        assert await work.totps.confirm(account.id, "sealed", step, NOON)
        await work.commit()
    return account


async def testALaterProposalReplacesTheOneBeforeUntilOneIsConfirmed(openWork: OpenAuthWork) -> None:
    account = await saved(openWork)
    async with openWork() as work:
        assert await work.totps.propose(proposal(account, "first"))
        assert await work.totps.propose(proposal(account, "second"))
        assert not await work.totps.confirm(account.id, "first", 100, NOON)
        assert not await work.totps.spendStep(account.id, 101)
        assert await work.totps.confirm(account.id, "second", 100, NOON)
        assert not await work.totps.propose(proposal(account, "third"))
        await work.commit()
    async with openWork() as work:
        kept = await work.totps.findOf(account.id)
        assert kept is not None
        assert (kept.secretSealed, kept.lastStep, kept.isConfirmed) == ("second", 100, True)


async def testOfTwentyWhoConfirmOneIsTold(openWork: OpenAuthWork) -> None:
    account = await saved(openWork)
    async with openWork() as work:
        await work.totps.propose(proposal(account))
        await work.commit()
    told = await asyncio.gather(
        *(inItsOwn(openWork, lambda work: work.totps.confirm(account.id, "sealed", 100, NOON)) for _ in range(20))
    )
    assert sum(told) == 1


@pytest.mark.parametrize(("step", "isSpent"), [(99, False), (100, False), (101, True)])
async def testAStepIsSpentOnlyAfterEveryOneBefore(openWork: OpenAuthWork, step: int, isSpent: bool) -> None:
    account = await confirmed(openWork)
    async with openWork() as work:
        assert await work.totps.spendStep(account.id, step) == isSpent
        assert not await work.totps.spendStep(account.id, step)


async def testOfTwentyWhoSpendAStepOneIsTold(openWork: OpenAuthWork) -> None:
    account = await confirmed(openWork)
    told = await asyncio.gather(
        *(inItsOwn(openWork, lambda work: work.totps.spendStep(account.id, 101)) for _ in range(20))
    )
    assert sum(told) == 1


async def testFailuresAreCountedUntilACodeIsSpent(openWork: OpenAuthWork) -> None:
    account = await confirmed(openWork)
    for _ in range(3):
        async with openWork() as work:
            await work.totps.countFailure(account.id, NOON + MINUTE)
            await work.commit()
    async with openWork() as work:
        totp = await work.totps.findOf(account.id)
        assert totp is not None
        assert (totp.failuresInARow, totp.lastFailedAt) == (3, NOON + MINUTE)
        assert await work.totps.spendStep(account.id, 200)
        again = await work.totps.findOf(account.id)
        assert again is not None
        assert again.failuresInARow == 0


async def testOnlyAConfirmedAppIsRemoved(openWork: OpenAuthWork) -> None:
    account = await saved(openWork)
    async with openWork() as work:
        await work.totps.propose(proposal(account))
        assert not await work.totps.removeConfirmed(account.id)
        await work.totps.confirm(account.id, "sealed", 100, NOON)
        assert await work.totps.removeConfirmed(account.id)
        assert await work.totps.findOf(account.id) is None


async def testARecoveryCodeIsSpentOnceAndOnlyByItsOwner(openWork: OpenAuthWork) -> None:
    owner, other = await saved(openWork), await saved(openWork)
    async with openWork() as work:
        for account in (owner, other):
            codes = [UserRecoveryCode.create(account.id, f"hash {number}", NOON) for number in range(3)]
            await work.recoveryCodes.replace(account.id, codes)
        await work.commit()
    told = await asyncio.gather(
        *(inItsOwn(openWork, lambda work: work.recoveryCodes.spend(owner.id, "hash 1", NOON)) for _ in range(20))
    )
    assert sum(told) == 1
    async with openWork() as work:
        assert not await work.recoveryCodes.spend(owner.id, "hash 9", NOON)
        assert (await work.recoveryCodes.countLeft(owner.id), await work.recoveryCodes.countLeft(other.id)) == (2, 3)
        await work.recoveryCodes.replace(owner.id, [])
        assert (await work.recoveryCodes.countLeft(owner.id), await work.recoveryCodes.countLeft(other.id)) == (0, 3)


async def testWhatAnAccountHasIsToldInOneGo(openWork: OpenAuthWork) -> None:
    account = await saved(openWork)
    async with openWork() as work:
        assert await work.users.secondFactorsOf(account.id) == SecondFactors()
        await work.totps.propose(proposal(account))
        assert await work.users.secondFactorsOf(account.id) == SecondFactors()
        await work.totps.confirm(account.id, "sealed", 100, NOON)
        codes = [UserRecoveryCode.create(account.id, f"hash {number}", NOON) for number in range(3)]
        await work.recoveryCodes.replace(account.id, codes)
        await work.recoveryCodes.spend(account.id, "hash 0", NOON)
        assert await work.users.secondFactorsOf(account.id) == SecondFactors(totp=True, recoveryCodesLeft=2)
