from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KSysAdmin.backend.domain.interfaces.oneTimeTokenRepositoryInterface import (
    ChallengeRepositoryInterface,
    InvitationRepositoryInterface,
    SignInFailureRepositoryInterface,
)
from KSysAdmin.backend.domain.models.administratorChallenge import MOST_TRIES, AdministratorChallenge, ChallengeKind
from KSysAdmin.backend.domain.models.administratorInvitation import AdministratorInvitation
from KSysAdmin.backend.domain.models.signInFailure import SignInFailure
from shared.backend.database.baseRepository import BaseRepository


class ChallengeRepository(BaseRepository[AdministratorChallenge], ChallengeRepositoryInterface):
    model = AdministratorChallenge

    async def findOpen(self, tokenHash: str, kind: ChallengeKind, at: datetime) -> AdministratorChallenge | None:
        table = AdministratorChallenge
        statement = select(table).where(
            table.tokenHash == tokenHash,
            table.kind == kind,
            col(table.spentAt).is_(None),
            table.expiresAt > at,
            table.tries < MOST_TRIES,
        )
        return (await self._session.exec(statement)).one_or_none()

    async def takeTry(self, tokenHash: str, kind: ChallengeKind, at: datetime) -> AdministratorChallenge | None:
        table = AdministratorChallenge
        statement = (
            update(table)
            .where(
                col(table.tokenHash) == tokenHash,
                col(table.kind) == kind,
                col(table.spentAt).is_(None),
                col(table.expiresAt) > at,
                col(table.tries) < MOST_TRIES,
            )
            .values({col(table.tries): col(table.tries) + 1})
            .returning(table)
        )
        return (await self._session.exec(statement)).scalar_one_or_none()

    async def spend(self, challengeId: UUID, at: datetime) -> bool:
        table = AdministratorChallenge
        statement = (
            update(table)
            .where(col(table.id) == challengeId, col(table.spentAt).is_(None), col(table.expiresAt) > at)
            .values({col(table.spentAt): at})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def voidEnrollments(self, administratorId: UUID, at: datetime) -> None:
        table = AdministratorChallenge
        statement = (
            update(table)
            .where(
                col(table.administratorId) == administratorId,
                col(table.kind) == ChallengeKind.ENROLLMENT,
                col(table.spentAt).is_(None),
            )
            .values({col(table.spentAt): at})
        )
        await (await self._session.connection()).execute(statement)

    async def voidAll(self, administratorId: UUID, at: datetime) -> None:
        table = AdministratorChallenge
        statement = (
            update(table)
            .where(col(table.administratorId) == administratorId, col(table.spentAt).is_(None))
            .values({col(table.spentAt): at})
        )
        await (await self._session.connection()).execute(statement)

    async def spendByToken(self, tokenHash: str, kind: ChallengeKind, at: datetime) -> bool:
        table = AdministratorChallenge
        statement = (
            update(table)
            .where(
                col(table.tokenHash) == tokenHash,
                col(table.kind) == kind,
                col(table.spentAt).is_(None),
                col(table.expiresAt) > at,
            )
            .values({col(table.spentAt): at})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def removeExpired(self, before: datetime) -> int:
        statement = delete(AdministratorChallenge).where(col(AdministratorChallenge.expiresAt) < before)
        return (await (await self._session.connection()).execute(statement)).rowcount


class InvitationRepository(BaseRepository[AdministratorInvitation], InvitationRepositoryInterface):
    model = AdministratorInvitation

    async def replace(self, invitation: AdministratorInvitation) -> None:
        table = AdministratorInvitation
        statement = (
            update(table)
            .where(col(table.administratorId) == invitation.administratorId, col(table.usedAt).is_(None))
            .values({col(table.usedAt): invitation.createdAt})
        )
        await (await self._session.connection()).execute(statement)
        await self.add(invitation)

    async def findOpen(self, tokenHash: str, at: datetime) -> AdministratorInvitation | None:
        table = AdministratorInvitation
        statement = select(table).where(table.tokenHash == tokenHash, col(table.usedAt).is_(None), table.expiresAt > at)
        return (await self._session.exec(statement)).one_or_none()

    async def hasYoung(self, administratorId: UUID, madeAfter: datetime) -> bool:
        table = AdministratorInvitation
        statement = select(
            exists().where(
                col(table.administratorId) == administratorId,
                col(table.usedAt).is_(None),
                col(table.createdAt) > madeAfter,
            )
        )
        return bool((await self._session.exec(statement)).one())

    async def spend(self, invitationId: UUID, at: datetime) -> bool:
        table = AdministratorInvitation
        statement = (
            update(table)
            .where(col(table.id) == invitationId, col(table.usedAt).is_(None), col(table.expiresAt) > at)
            .values({col(table.usedAt): at})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def voidAll(self, administratorId: UUID, at: datetime) -> None:
        table = AdministratorInvitation
        await (await self._session.connection()).execute(
            update(table)
            .where(col(table.administratorId) == administratorId, col(table.usedAt).is_(None))
            .values({col(table.usedAt): at})
        )


class SignInFailureRepository(BaseRepository[SignInFailure], SignInFailureRepositoryInterface):
    model = SignInFailure

    async def findByKey(self, keyHash: str) -> tuple[int, datetime] | None:
        statement = select(SignInFailure).where(SignInFailure.keyHash == keyHash)
        failure = (await self._session.exec(statement)).one_or_none()
        return None if failure is None else (failure.failures, failure.lastFailedAt)

    async def count(self, keyHash: str, at: datetime) -> int:
        statement = insert(SignInFailure).values(
            {SignInFailure.keyHash: keyHash, SignInFailure.failures: 1, SignInFailure.lastFailedAt: at}
        )
        statement = statement.on_conflict_do_update(
            index_elements=[col(SignInFailure.keyHash)],
            set_={"failures": col(SignInFailure.failures) + 1, "last_failed_at": at},
        )
        counted = statement.returning(col(SignInFailure.failures))
        return (await (await self._session.connection()).execute(counted)).scalar_one()

    async def takeBack(self, keyHash: str) -> None:
        failures = col(SignInFailure.failures)
        statement = (
            update(SignInFailure)
            .where(col(SignInFailure.keyHash) == keyHash, failures > 0)
            .values({failures: failures - 1})
        )
        await (await self._session.connection()).execute(statement)

    async def clear(self, keyHash: str) -> None:
        await (await self._session.connection()).execute(
            delete(SignInFailure).where(col(SignInFailure.keyHash) == keyHash)
        )

    async def removeOlder(self, before: datetime) -> int:
        statement = delete(SignInFailure).where(col(SignInFailure.lastFailedAt) < before)
        return (await (await self._session.connection()).execute(statement)).rowcount
