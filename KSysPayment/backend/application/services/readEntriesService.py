from __future__ import annotations

from KSysPayment.backend.application.output.ledgerOutput import EntryOutput
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from shared.backend.utils.paging import Page, PageInput


class ReadEntriesService:
    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork

    async def execute(self, page: PageInput, actor: Actor) -> Page[EntryOutput]:
        async with self._openWork() as work:
            found = await work.ledger.entriesOf(actor.userId, page)
        return Page[EntryOutput](
            items=[EntryOutput.fromView(view) for view in found.items], nextCursor=found.nextCursor
        )
