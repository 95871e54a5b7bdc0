from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import IdempotencyRepositoryInterface
from KSysPayment.backend.domain.models.idempotencyKey import IdempotencyKey, RecoveryPoint
from shared.backend.database.baseRepository import BaseRepository


class IdempotencyRepository(BaseRepository[IdempotencyKey], IdempotencyRepositoryInterface):
    model = IdempotencyKey

    async def claim(self, row: IdempotencyKey) -> bool:
        statement = (
            insert(IdempotencyKey)
            .values(
                {
                    IdempotencyKey.ownerId: row.ownerId,
                    IdempotencyKey.key: row.key,
                    IdempotencyKey.requestHash: row.requestHash,
                    IdempotencyKey.recoveryPoint: row.recoveryPoint,
                    IdempotencyKey.resourceId: row.resourceId,
                    IdempotencyKey.lockedUntil: row.lockedUntil,
                    IdempotencyKey.createdAt: row.createdAt,
                }
            )
            .on_conflict_do_nothing(index_elements=[col(IdempotencyKey.ownerId), col(IdempotencyKey.key)])
            .returning(col(IdempotencyKey.key))
        )
        connection = await self._session.connection()
        return (await connection.execute(statement)).first() is not None

    async def getForUpdate(self, ownerId: UUID, key: str) -> IdempotencyKey:
        statement = (
            select(IdempotencyKey)
            .where(IdempotencyKey.ownerId == ownerId, IdempotencyKey.key == key)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return (await self._session.exec(statement)).one()

    async def deleteOlderThan(self, at: datetime, most: int) -> int:
        old = (
            select(IdempotencyKey.ownerId, IdempotencyKey.key)
            .where(col(IdempotencyKey.createdAt) < at, IdempotencyKey.recoveryPoint == RecoveryPoint.FINISHED)
            .limit(most)
        )
        statement = delete(IdempotencyKey).where(tuple_(col(IdempotencyKey.ownerId), col(IdempotencyKey.key)).in_(old))
        connection = await self._session.connection()
        return (await connection.execute(statement)).rowcount
