from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.knownDeviceRepositoryInterface import KnownDeviceRepositoryInterface
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from shared.backend.database.baseRepository import BaseRepository


class KnownDeviceRepository(BaseRepository[KnownDevice], KnownDeviceRepositoryInterface):
    model = KnownDevice

    async def recognise(self, userId: UUID, tokenHashes: Sequence[str], at: datetime) -> KnownDevice | None:
        statement = (
            select(KnownDevice)
            .where(
                col(KnownDevice.tokenHash).in_(tokenHashes),
                col(KnownDevice.userId) == userId,
                col(KnownDevice.expiresAt) > at,
            )
            .order_by(col(KnownDevice.lastUsedAt).desc())
            .limit(1)
        )
        return (await self._session.exec(statement)).one_or_none()

    async def renew(self, deviceId: UUID, usedAt: datetime, expiresAt: datetime) -> None:
        statement = (
            update(KnownDevice)
            .where(col(KnownDevice.id) == deviceId)
            .values({"lastUsedAt": usedAt, "expiresAt": expiresAt})
        )
        await (await self._session.connection()).execute(statement)

    async def keepNewest(self, userId: UUID, most: int) -> None:
        tooMany = (
            select(KnownDevice.id)
            .where(col(KnownDevice.userId) == userId)
            .order_by(col(KnownDevice.lastUsedAt).desc(), col(KnownDevice.id).desc())
            .offset(most)
        )
        await (await self._session.connection()).execute(delete(KnownDevice).where(col(KnownDevice.id).in_(tooMany)))

    async def forgetAll(self, userId: UUID, exceptHashes: Sequence[str] = ()) -> int:
        statement = (
            delete(KnownDevice)
            .where(col(KnownDevice.userId) == userId, col(KnownDevice.tokenHash).not_in(exceptHashes))
            .returning(col(KnownDevice.id))
        )
        return len((await self._session.exec(statement)).scalars().all())

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = (
            select(KnownDevice.id)
            .where(col(KnownDevice.expiresAt) < before)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = delete(KnownDevice).where(col(KnownDevice.id).in_(expired)).returning(col(KnownDevice.id))
        return len((await self._session.exec(statement)).scalars().all())
