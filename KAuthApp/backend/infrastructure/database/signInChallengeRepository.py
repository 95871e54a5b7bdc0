from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, update
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.signInChallengeRepositoryInterface import SignInChallengeRepositoryInterface
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from shared.backend.database.baseRepository import BaseRepository


class SignInChallengeRepository(BaseRepository[SignInChallenge], SignInChallengeRepositoryInterface):
    model = SignInChallenge

    async def findOpen(self, challengeId: UUID, kind: ChallengeKind, at: datetime) -> SignInChallenge | None:
        statement = select(SignInChallenge).where(
            col(SignInChallenge.id) == challengeId,
            col(SignInChallenge.kind) == kind,
            col(SignInChallenge.usedAt).is_(None),
            col(SignInChallenge.expiresAt) > at,
        )
        return (await self._session.exec(statement)).one_or_none()

    async def findOpenByWebAuthn(self, webAuthnChallenge: bytes, at: datetime) -> SignInChallenge | None:
        statement = select(SignInChallenge).where(
            col(SignInChallenge.webAuthnChallenge) == webAuthnChallenge,
            col(SignInChallenge.usedAt).is_(None),
            col(SignInChallenge.expiresAt) > at,
        )
        return (await self._session.exec(statement)).one_or_none()

    async def spend(self, challengeId: UUID, at: datetime) -> bool:
        statement = (
            update(SignInChallenge)
            .where(
                col(SignInChallenge.id) == challengeId,
                col(SignInChallenge.usedAt).is_(None),
                col(SignInChallenge.expiresAt) > at,
            )
            .values({"usedAt": at})
            .returning(col(SignInChallenge.id))
        )
        return (await self._session.exec(statement)).scalars().one_or_none() is not None

    async def countFailure(self, challengeId: UUID, policy: ChallengePolicy, at: datetime) -> None:
        failedTries = col(SignInChallenge.failedTries) + 1
        usedAt = case((failedTries >= policy.mostTries, at), else_=col(SignInChallenge.usedAt))
        statement = (
            update(SignInChallenge)
            .where(col(SignInChallenge.id) == challengeId, col(SignInChallenge.usedAt).is_(None))
            .values({"failedTries": failedTries, "usedAt": usedAt})
        )
        await (await self._session.connection()).execute(statement)

    async def voidAll(self, userId: UUID, at: datetime) -> None:
        statement = (
            update(SignInChallenge)
            .where(col(SignInChallenge.userId) == userId, col(SignInChallenge.usedAt).is_(None))
            .values({"usedAt": at})
        )
        await (await self._session.connection()).execute(statement)

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = (
            select(SignInChallenge.id)
            .where(col(SignInChallenge.expiresAt) < before)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = (
            delete(SignInChallenge).where(col(SignInChallenge.id).in_(expired)).returning(col(SignInChallenge.id))
        )
        return len((await self._session.exec(statement)).scalars().all())
