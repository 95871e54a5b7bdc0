from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from KAuthApp.backend.domain.interfaces.personalDataInterface import (
    PersonalDataEraserInterface,
    PersonalDataReaderInterface,
    TablePages,
)
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userKey import UserKey
from shared.backend.database.engine import Database
from shared.backend.database.personalTables import PersonalData, Reader


class PersonalDataReader(PersonalDataReaderInterface):
    """Reads page by page: what a person has is never in memory at once."""

    def __init__(self, database: Database, data: PersonalData, sealer: PersonalSealerInterface) -> None:
        self._database, self._data, self._sealer = database, data, sealer

    def tables(self, userId: UUID, key: UserKey | None) -> AsyncIterator[TablePages]:
        def opened(sealed: str, purpose: str) -> str | None:
            return None if key is None else self._sealer.unseal(key, sealed, purpose)

        return self._data.export(self._database, Reader(userId, opened))


class PersonalDataEraser(PersonalDataEraserInterface):
    """Runs the erasers of every service on one connection: everything goes, or nothing."""

    def __init__(self, session: AsyncSession, data: PersonalData) -> None:
        self._session, self._data = session, data

    async def erase(self, userId: UUID) -> None:
        await self._session.flush()
        await self._data.erase(self._session, userId)
        connection = await self._session.connection()
        if (await connection.execute(select(col(UserAccount.id)).where(col(UserAccount.id) == userId))).first():
            raise RuntimeError("the account is still there: its table was not among those that are erased")
