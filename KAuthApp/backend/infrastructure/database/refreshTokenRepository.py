from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.refreshTokenRepositoryInterface import RefreshTokenRepositoryInterface
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from shared.backend.database.baseRepository import BaseRepository


class RefreshTokenRepository(BaseRepository[RefreshToken], RefreshTokenRepositoryInterface):
    model = RefreshToken

    async def findInFamily(self, sessionId: UUID, tokenHash: str) -> tuple[RefreshToken, RefreshToken | None] | None:
        before = aliased(RefreshToken)
        statement = (
            select(RefreshToken, before)
            .outerjoin(before, col(before.successorId) == col(RefreshToken.id))
            .where(col(RefreshToken.tokenHash) == tokenHash, col(RefreshToken.sessionId) == sessionId)
        )
        return (await self._session.exec(statement)).one_or_none()

    async def forgetSuccessorsOf(self, usedBefore: datetime, most: int) -> int:
        stale = (
            select(RefreshToken.id)
            .where(col(RefreshToken.successorSealed).is_not(None), col(RefreshToken.usedAt) < usedBefore)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = (
            update(RefreshToken)
            .where(col(RefreshToken.id).in_(stale))
            .values({"successorSealed": None})
            .returning(col(RefreshToken.id))
        )
        return len((await self._session.exec(statement)).scalars().all())
