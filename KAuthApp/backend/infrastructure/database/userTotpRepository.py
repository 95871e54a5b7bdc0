from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Update, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.userTotpRepositoryInterface import UserTotpRepositoryInterface
from KAuthApp.backend.domain.models.userTotp import UserTotp
from shared.backend.database.baseRepository import BaseRepository


class UserTotpRepository(BaseRepository[UserTotp], UserTotpRepositoryInterface):
    model = UserTotp

    async def findOf(self, userId: UUID) -> UserTotp | None:
        statement = select(UserTotp).where(col(UserTotp.userId) == userId)
        return (await self._session.exec(statement, execution_options={"populate_existing": True})).one_or_none()

    async def propose(self, totp: UserTotp) -> bool:
        proposed = {
            "user_id": totp.userId,
            "secret_sealed": totp.secretSealed,
            "last_step": 0,
            "failures_in_a_row": 0,
            "last_failed_at": None,
            "created_at": totp.createdAt,
        }
        statement = insert(UserTotp).values(proposed)
        kept = statement.on_conflict_do_update(
            index_elements=[col(UserTotp.userId)], set_=proposed, where=col(UserTotp.confirmedAt).is_(None)
        ).returning(col(UserTotp.userId))
        return (await self._session.exec(kept)).scalars().one_or_none() is not None

    async def confirm(self, userId: UUID, secretSealed: str, step: int, at: datetime) -> bool:
        return await self._changes(
            update(UserTotp)
            .where(
                col(UserTotp.userId) == userId,
                col(UserTotp.secretSealed) == secretSealed,
                col(UserTotp.confirmedAt).is_(None),
            )
            .values({"confirmedAt": at, "lastStep": step, "failuresInARow": 0})
        )

    async def spendStep(self, userId: UUID, step: int) -> bool:
        return await self._changes(
            update(UserTotp)
            .where(
                col(UserTotp.userId) == userId, col(UserTotp.confirmedAt).is_not(None), col(UserTotp.lastStep) < step
            )
            .values({"lastStep": step, "failuresInARow": 0})
        )

    async def countFailure(self, userId: UUID, at: datetime) -> None:
        await self._changes(
            update(UserTotp)
            .where(col(UserTotp.userId) == userId)
            .values({"failuresInARow": col(UserTotp.failuresInARow) + 1, "lastFailedAt": at})
        )

    async def removeConfirmed(self, userId: UUID) -> bool:
        statement = (
            delete(UserTotp)
            .where(col(UserTotp.userId) == userId, col(UserTotp.confirmedAt).is_not(None))
            .returning(col(UserTotp.userId))
        )
        return (await self._session.exec(statement)).scalars().one_or_none() is not None

    async def _changes(self, statement: Update) -> bool:
        returning = statement.returning(col(UserTotp.userId))
        return (await self._session.exec(returning)).scalars().one_or_none() is not None
