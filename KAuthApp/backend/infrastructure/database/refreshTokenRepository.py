from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.refreshTokenRepositoryInterface import RefreshTokenRepositoryInterface
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from shared.backend.database.baseRepository import BaseRepository


class RefreshTokenRepository(BaseRepository[RefreshToken], RefreshTokenRepositoryInterface):
    model = RefreshToken

    async def findFamily(self, tokenHash: str) -> UUID | None:
        statement = select(RefreshToken.sessionId).where(col(RefreshToken.tokenHash) == tokenHash)
        return (await self._session.exec(statement)).one_or_none()

    async def findInFamily(self, sessionId: UUID, tokenHash: str) -> RefreshToken | None:
        statement = select(RefreshToken).where(
            col(RefreshToken.tokenHash) == tokenHash, col(RefreshToken.sessionId) == sessionId
        )
        return (await self._session.exec(statement)).one_or_none()

    async def findPredecessor(self, sessionId: UUID, tokenId: UUID) -> RefreshToken | None:
        statement = select(RefreshToken).where(
            col(RefreshToken.sessionId) == sessionId, col(RefreshToken.successorId) == tokenId
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
