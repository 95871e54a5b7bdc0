from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KSysAdmin.backend.domain.interfaces.userKeyRepositoryInterface import UserKeyRepositoryInterface
from KSysAdmin.backend.domain.models.userKey import UserKey
from shared.backend.database.baseRepository import BaseRepository


class UserKeyRepository(BaseRepository[UserKey], UserKeyRepositoryInterface):
    model = UserKey

    async def keysOf(self, userIds: Collection[UUID]) -> Mapping[UUID, UserKey]:
        keys = (await self._session.exec(select(UserKey).where(col(UserKey.userId).in_(userIds)))).all()
        return {key.userId: key for key in keys}

    async def addUnlessThere(self, key: UserKey) -> UserKey:
        values = {"user_id": key.userId, "key_sealed": key.keySealed, "created_at": key.createdAt}
        statement = insert(UserKey).values(values).on_conflict_do_nothing(index_elements=[col(UserKey.userId)])
        await (await self._session.connection()).execute(statement)
        return (await self._session.exec(select(UserKey).where(col(UserKey.userId) == key.userId))).one()
