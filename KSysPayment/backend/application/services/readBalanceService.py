from __future__ import annotations

from KSysPayment.backend.application.output.ledgerOutput import BalanceItemOutput, BalanceOutput
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork


class ReadBalanceService:
    def __init__(self, openWork: OpenPaymentWork) -> None:
        self._openWork = openWork

    async def execute(self, actor: Actor) -> BalanceOutput:
        async with self._openWork() as work:
            accounts = await work.ledger.accountsOf(actor.userId)
        return BalanceOutput(items=[BalanceItemOutput.fromAccount(account) for account in accounts])
