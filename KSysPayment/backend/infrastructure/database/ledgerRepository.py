from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import EntryView, LedgerRepositoryInterface
from KSysPayment.backend.domain.models.ledger import Entry, Journal, LedgerAccount
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import Page, PageInput


class LedgerRepository(BaseRepository[Entry], LedgerRepositoryInterface):
    """Reads the books; nothing here can write them."""

    model = Entry

    async def accountsOf(self, ownerId: UUID) -> Sequence[LedgerAccount]:
        statement = (
            select(LedgerAccount)
            .where(LedgerAccount.ownerId == ownerId)
            .order_by(col(LedgerAccount.code), col(LedgerAccount.currency), col(LedgerAccount.shard))
        )
        return (await self._session.exec(statement)).all()

    async def entriesOf(self, ownerId: UUID, page: PageInput) -> Page[EntryView]:
        accounts = {account.id: account for account in await self.accountsOf(ownerId)}
        statement = select(Entry).where(col(Entry.accountId).in_(list(accounts)))
        found = await self.page(statement, page, ["postedAt", "id"])
        wanted = select(Journal).where(col(Journal.id).in_([entry.journalId for entry in found.items]))
        journals = {journal.id: journal for journal in (await self._session.exec(wanted)).all()}
        views = [EntryView(entry, journals[entry.journalId], accounts[entry.accountId].code) for entry in found.items]
        return Page[EntryView].model_construct(items=views, nextCursor=found.nextCursor)
