from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, update
from sqlmodel import col, select

from KAuthApp.backend.domain.exceptions.apiKeyErrors import ApiKeyNotFoundError
from KAuthApp.backend.domain.interfaces.apiKeyRepositoryInterface import ApiKeyRepositoryInterface
from KAuthApp.backend.domain.models.apiKey import ApiKey
from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import Page, PageInput


class ApiKeyRepository(BaseRepository[ApiKey], ApiKeyRepositoryInterface):
    model = ApiKey

    async def countLive(self, userId: UUID, at: datetime) -> int:
        isGood = col(ApiKey.expiresAt).is_(None) | (col(ApiKey.expiresAt) > at)
        statement = (
            select(func.count())
            .select_from(ApiKey)
            .where(col(ApiKey.userId) == userId, col(ApiKey.revokedAt).is_(None), isGood)
        )
        return (await self._session.exec(statement)).one()

    async def listPage(self, userId: UUID, page: PageInput) -> Page[ApiKey]:
        statement = select(ApiKey).where(col(ApiKey.userId) == userId, col(ApiKey.revokedAt).is_(None))
        return await self.page(statement, page, ["createdAt", "id"])

    async def getForUpdate(self, userId: UUID, keyId: UUID) -> ApiKey:
        statement = (
            select(ApiKey).where(col(ApiKey.id) == keyId, col(ApiKey.userId) == userId).with_for_update(key_share=True)
        )
        key = (await self._session.exec(statement)).one_or_none()
        if key is None:
            raise ApiKeyNotFoundError
        return key

    async def idsNotRevokedBefore(self, userId: UUID, since: datetime) -> Sequence[UUID]:
        isGood = col(ApiKey.revokedAt).is_(None) | (col(ApiKey.revokedAt) > since)
        return (await self._session.exec(select(ApiKey.id).where(col(ApiKey.userId) == userId, isGood))).all()

    async def revokeIssuedSince(
        self, userId: UUID, since: datetime, at: datetime, *, latelySince: datetime
    ) -> EndedCredentials:
        areThese = and_(col(ApiKey.userId) == userId, col(ApiKey.createdAt) >= since)
        statement = (
            update(ApiKey)
            .where(areThese, col(ApiKey.revokedAt).is_(None))
            .values({"revokedAt": at})
            .returning(col(ApiKey.id))
        )
        now = (await self._session.exec(statement)).scalars().all()
        lately = select(ApiKey.id).where(areThese, col(ApiKey.revokedAt) > latelySince)
        return EndedCredentials.of(now, (await self._session.exec(lately)).all())

    async def touch(self, keyId: UUID, usedAt: datetime, unseenSince: datetime) -> None:
        isUnseen = col(ApiKey.lastUsedAt).is_(None) | (col(ApiKey.lastUsedAt) <= unseenSince)
        await self._session.exec(update(ApiKey).where(col(ApiKey.id) == keyId, isUnseen).values({"lastUsedAt": usedAt}))
