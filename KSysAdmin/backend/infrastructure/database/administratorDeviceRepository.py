from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, update
from sqlmodel import col, select

from KSysAdmin.backend.domain.interfaces.administratorDeviceRepositoryInterface import (
    AdministratorDeviceRepositoryInterface,
)
from KSysAdmin.backend.domain.models.administratorDevice import REMEMBERED_FOR, AdministratorDevice
from shared.backend.database.baseRepository import BaseRepository

table = AdministratorDevice


class AdministratorDeviceRepository(BaseRepository[AdministratorDevice], AdministratorDeviceRepositoryInterface):
    model = AdministratorDevice

    async def recognise(self, administratorId: UUID, tokenHash: str, at: datetime) -> bool:
        statement = (
            update(table)
            .where(
                col(table.administratorId) == administratorId,
                col(table.tokenHash) == tokenHash,
                col(table.expiresAt) > at,
            )
            .values({col(table.lastUsedAt): at, col(table.expiresAt): at + REMEMBERED_FOR})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def hasAny(self, administratorId: UUID) -> bool:
        statement = select(exists().where(col(table.administratorId) == administratorId))
        return bool((await self._session.exec(statement)).one())

    async def forgetAll(self, administratorId: UUID) -> None:
        await (await self._session.connection()).execute(
            delete(table).where(col(table.administratorId) == administratorId)
        )

    async def removeExpired(self, at: datetime) -> int:
        return (
            await (await self._session.connection()).execute(delete(table).where(col(table.expiresAt) < at))
        ).rowcount
