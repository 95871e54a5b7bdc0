from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.userKeyRepositoryInterface import UserKeyRepositoryInterface
from KAuthApp.backend.domain.models.userKey import UserKey
from shared.backend.database.baseRepository import BaseRepository

_OF_USER: Final = select(UserKey).where(col(UserKey.userId) == bindparam("userId"))


class UserKeyRepository(BaseRepository[UserKey], UserKeyRepositoryInterface):
    model = UserKey

    async def find(self, userId: UUID) -> UserKey | None:
        return (await self._session.exec(_OF_USER, params={"userId": userId})).one_or_none()

    async def addUnlessThere(self, key: UserKey) -> UserKey:
        values = {"user_id": key.userId, "key_sealed": key.keySealed, "created_at": key.createdAt}
        statement = insert(UserKey).values(values).on_conflict_do_nothing(index_elements=[col(UserKey.userId)])
        await (await self._session.connection()).execute(statement)
        return (await self._session.exec(_OF_USER, params={"userId": key.userId})).one()
