from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.shadowRegistrationRepositoryInterface import (
    ShadowRegistrationRepositoryInterface,
)
from KAuthApp.backend.domain.models.shadowRegistration import ShadowRegistration
from shared.backend.database.baseRepository import BaseRepository

_TAG: Final = select(ShadowRegistration.passwordTag).where(
    col(ShadowRegistration.addressIndex) == bindparam("addressIndex")
)


class ShadowRegistrationRepository(BaseRepository[ShadowRegistration], ShadowRegistrationRepositoryInterface):
    model = ShadowRegistration

    async def note(self, shadow: ShadowRegistration) -> str | None:
        values = {"password_tag": shadow.passwordTag, "created_at": shadow.createdAt, "expires_at": shadow.expiresAt}
        statement = insert(ShadowRegistration).values({"address_index": shadow.addressIndex, **values})
        noted = statement.on_conflict_do_update(
            index_elements=[col(ShadowRegistration.addressIndex)],
            set_={**values, "previous_tag": col(ShadowRegistration.passwordTag)},
        ).returning(col(ShadowRegistration.previousTag))
        return (await (await self._session.connection()).execute(noted)).scalar_one()

    async def lock(self, addressIndex: str) -> None:
        statement = (
            select(ShadowRegistration.addressIndex)
            .where(col(ShadowRegistration.addressIndex) == addressIndex)
            .with_for_update()
        )
        await self._session.exec(statement)

    async def findTag(self, addressIndex: str) -> str | None:
        return (await self._session.exec(_TAG, params={"addressIndex": addressIndex})).one_or_none()

    async def forget(self, addressIndex: str) -> None:
        statement = delete(ShadowRegistration).where(col(ShadowRegistration.addressIndex) == addressIndex)
        await (await self._session.connection()).execute(statement)

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = (
            select(ShadowRegistration.addressIndex)
            .where(col(ShadowRegistration.expiresAt) < before)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = (
            delete(ShadowRegistration)
            .where(col(ShadowRegistration.addressIndex).in_(expired))
            .returning(col(ShadowRegistration.addressIndex))
        )
        return len((await self._session.exec(statement)).scalars().all())
