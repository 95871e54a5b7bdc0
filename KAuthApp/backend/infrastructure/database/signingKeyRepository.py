from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.signingKeyRepositoryInterface import SigningKeyRepositoryInterface
from KAuthApp.backend.domain.models.signingKey import SigningKey
from shared.backend.database.baseRepository import BaseRepository

_LOCK_NUMBER: Final = 0x4B5F4B45


class SigningKeyRepository(BaseRepository[SigningKey], SigningKeyRepositoryInterface):
    model = SigningKey

    async def lockAll(self) -> None:
        connection = await self._session.connection()
        await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})

    async def listPublished(self, at: datetime) -> Sequence[SigningKey]:
        isPublished = col(SigningKey.verifiesUntil).is_(None) | (col(SigningKey.verifiesUntil) > at)
        statement = select(SigningKey).where(isPublished).order_by(col(SigningKey.signsFrom), col(SigningKey.id))
        return (await self._session.exec(statement)).all()
