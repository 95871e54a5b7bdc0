from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, text
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.knownDeviceRepositoryInterface import KnownDeviceRepositoryInterface
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from shared.backend.database.baseRepository import BaseRepository

_RECOGNISE: Final = (
    select(KnownDevice)
    .where(
        col(KnownDevice.tokenHash).in_(bindparam("hashes", expanding=True)),
        col(KnownDevice.userId) == bindparam("userId"),
        col(KnownDevice.expiresAt) > bindparam("at"),
    )
    .order_by(col(KnownDevice.lastUsedAt).desc())
    .limit(1)
)
_RENEW: Final = text(
    """UPDATE known_device SET last_used_at = :usedAt, expires_at = :expiresAt WHERE id = (
        SELECT id FROM known_device
        WHERE token_hash = ANY(CAST(:hashes AS text[])) AND user_id = :userId AND expires_at > :usedAt
        ORDER BY last_used_at DESC LIMIT 1
    ) RETURNING id"""
)


class KnownDeviceRepository(BaseRepository[KnownDevice], KnownDeviceRepositoryInterface):
    model = KnownDevice

    async def recognise(self, userId: UUID, tokenHashes: Sequence[str], at: datetime) -> KnownDevice | None:
        given = {"hashes": list(tokenHashes), "userId": userId, "at": at}
        return (await self._session.exec(_RECOGNISE, params=given)).one_or_none()

    async def renew(
        self, userId: UUID, tokenHashes: Sequence[str], usedAt: datetime, expiresAt: datetime
    ) -> UUID | None:
        given = {"hashes": list(tokenHashes), "userId": userId, "usedAt": usedAt, "expiresAt": expiresAt}
        renewed: UUID | None = (await (await self._session.connection()).execute(_RENEW, given)).scalar_one_or_none()
        return renewed

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
