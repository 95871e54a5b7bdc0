from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from KSysAdmin.backend.domain.exceptions.userErrors import ApiKeyNotFoundError
from KSysAdmin.backend.domain.interfaces.apiKeyRepositoryInterface import ApiKeyRepositoryInterface
from KSysAdmin.backend.domain.models.apiKey import ApiKey
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import Page, PageInput


class ApiKeyRepository(BaseRepository[ApiKey], ApiKeyRepositoryInterface):
    model = ApiKey

    async def listPage(self, userId: UUID, page: PageInput) -> Page[ApiKey]:
        return await self.page(_keysOf(userId), page, ["createdAt", "id"])

    async def getForUpdate(self, userId: UUID, keyId: UUID) -> ApiKey:
        statement = _keysOf(userId).where(col(ApiKey.id) == keyId).with_for_update(key_share=True)
        key = (await self._session.exec(statement)).one_or_none()
        if key is None:
            raise ApiKeyNotFoundError
        return key

    async def idsNotRevokedBefore(self, userId: UUID, since: datetime) -> Sequence[UUID]:
        isGood = col(ApiKey.revokedAt).is_(None) | (col(ApiKey.revokedAt) > since)
        return (await self._session.exec(select(ApiKey.id).where(col(ApiKey.userId) == userId, isGood))).all()


# The admin server's role cannot read what a key is known by, so it is never asked for.
def _keysOf(userId: UUID) -> SelectOfScalar[ApiKey]:
    secretHash: object = ApiKey.secretHash
    if not isinstance(secretHash, QueryableAttribute):
        raise TypeError("this is no mapped attribute")
    return select(ApiKey).where(col(ApiKey.userId) == userId).options(defer(secretHash, raiseload=True))
