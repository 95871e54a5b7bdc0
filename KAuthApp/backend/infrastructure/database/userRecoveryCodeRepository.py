from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, update
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.userRecoveryCodeRepositoryInterface import UserRecoveryCodeRepositoryInterface
from KAuthApp.backend.domain.models.userRecoveryCode import UserRecoveryCode
from shared.backend.database.baseRepository import BaseRepository


class UserRecoveryCodeRepository(BaseRepository[UserRecoveryCode], UserRecoveryCodeRepositoryInterface):
    model = UserRecoveryCode

    async def replace(self, userId: UUID, codes: Sequence[UserRecoveryCode]) -> None:
        statement = delete(UserRecoveryCode).where(col(UserRecoveryCode.userId) == userId)
        await (await self._session.connection()).execute(statement)
        if not codes:
            return
        # in one statement: the database tells of it once
        await self._session.exec(insert(UserRecoveryCode).values([code.model_dump() for code in codes]))

    async def spend(self, userId: UUID, codeHash: str, at: datetime) -> bool:
        statement = (
            update(UserRecoveryCode)
            .where(
                col(UserRecoveryCode.userId) == userId,
                col(UserRecoveryCode.codeHash) == codeHash,
                col(UserRecoveryCode.usedAt).is_(None),
            )
            .values({"usedAt": at})
            .returning(col(UserRecoveryCode.id))
        )
        return (await self._session.exec(statement)).scalars().one_or_none() is not None

    async def countLeft(self, userId: UUID) -> int:
        statement = (
            select(func.count())
            .select_from(UserRecoveryCode)
            .where(col(UserRecoveryCode.userId) == userId, col(UserRecoveryCode.usedAt).is_(None))
        )
        return (await self._session.exec(statement)).one()
