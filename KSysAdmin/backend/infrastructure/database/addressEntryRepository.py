from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from KSysAdmin.backend.domain.exceptions.settingErrors import AddressEntryExistsError, AddressEntryNotFoundError
from KSysAdmin.backend.domain.interfaces.addressEntryRepositoryInterface import AddressEntryRepositoryInterface
from KSysAdmin.backend.domain.models.addressEntry import AddressEntry
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint
from shared.backend.utils.paging import Page, PageInput


class AddressEntryRepository(BaseRepository[AddressEntry], AddressEntryRepositoryInterface):
    model = AddressEntry

    async def listAll(self) -> Sequence[AddressEntry]:
        return (await self._session.exec(select(AddressEntry).order_by(col(AddressEntry.id)))).all()

    async def listPage(self, page: PageInput) -> Page[AddressEntry]:
        return await self.page(select(AddressEntry), page, ["id"])

    async def listEnded(self, at: datetime) -> Sequence[AddressEntry]:
        statement = select(AddressEntry).where(col(AddressEntry.endsAt) <= at).order_by(col(AddressEntry.id))
        return (await self._session.exec(statement)).all()

    async def getForUpdate(self, entryId: UUID) -> AddressEntry:
        statement = select(AddressEntry).where(AddressEntry.id == entryId).with_for_update()
        entry = (await self._session.exec(statement)).one_or_none()
        if entry is None:
            raise AddressEntryNotFoundError(f"address entry {entryId} does not exist")
        return entry

    async def add(self, row: AddressEntry) -> None:
        network = row.network  # a refused row can no longer be read
        try:
            await super().add(row)
        except IntegrityError as error:
            if brokenConstraint(error) == "uq_address_entry_network":
                raise AddressEntryExistsError(f"there is an entry for {network}") from error
            raise

    async def save(self, entry: AddressEntry) -> None:
        await self.add(entry)
