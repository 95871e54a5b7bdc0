"""The one file that names all concrete parts: the bank, put together."""

from __future__ import annotations

from dataclasses import dataclass

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.merchant.merchantClient import MerchantClient
from KSysPayment.simulator.merchant.notifyPaymentService import NotifyPaymentService
from KSysPayment.simulator.merchant.payOnlineAccountService import PayOnlineAccountService
from KSysPayment.simulator.merchant.payVirtualAccountService import PayVirtualAccountService
from KSysPayment.simulator.operations.accessToken import AccessToken
from KSysPayment.simulator.operations.accountLookup import AccountLookup
from KSysPayment.simulator.operations.createVa import CreateVa
from KSysPayment.simulator.operations.deleteVa import DeleteVa
from KSysPayment.simulator.operations.inquiryStatus import InquiryStatus
from KSysPayment.simulator.operations.inquiryVa import InquiryVa
from KSysPayment.simulator.operations.report import Report
from KSysPayment.simulator.operations.updateStatus import UpdateStatus
from KSysPayment.simulator.operations.updateVa import UpdateVa
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.snapDesk import Operation, SnapDesk
from KSysPayment.simulator.snap.verification import RequestVerifier
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.payment import LedgerKind


@dataclass(frozen=True)
class Bank:
    """Everything the program can do, on one page."""

    settings: SimulatorSettings
    clock: BankClock
    state: BankState
    desk: SnapDesk
    client: MerchantClient
    notify: NotifyPaymentService
    payVirtualAccount: PayVirtualAccountService
    payOnlineAccount: PayOnlineAccountService

    def reset(self) -> None:
        """Forget faults, money, accounts, exchanges, waiting notifications and the clock's offset."""
        self.notify.cancelWaiting()
        self.state.reset()
        self.clock.offsetSeconds = 0.0

    def settleOpenDebits(self) -> None:
        """Debits that a crash has cut off from the merchant's answer stay in suspense."""
        for payment in self.state.payments.listOpenDebits():
            with self.state.database.transaction():
                self.state.payments.closeDebit(payment, LedgerKind.SUSPENSE)

    async def close(self) -> None:
        """Let go of connections and the file; what waits is lost, as at the bank."""
        self.notify.cancelWaiting()
        await self.client.close()
        self.state.close()


def composeBank(settings: SimulatorSettings, clock: BankClock) -> Bank:
    """Open the state file and put the bank together; the clock takes up the offset it had."""
    state = BankState(settings.dataFile, settings.keptExchanges)
    clock.offsetSeconds = state.partner.clockOffset()
    client = MerchantClient(settings, state, clock)
    notify = NotifyPaymentService(client, settings, clock)
    return Bank(
        settings=settings,
        clock=clock,
        state=state,
        desk=SnapDesk(composeOperations(settings, state, clock), RequestVerifier(settings, state, clock), state, clock),
        client=client,
        notify=notify,
        payVirtualAccount=PayVirtualAccountService(settings, state, clock, notify),
        payOnlineAccount=PayOnlineAccountService(client, settings, state, clock),
    )


def composeOperations(settings: SimulatorSettings, state: BankState, clock: BankClock) -> list[Operation]:
    """The SNAP operations this bank offers."""
    lookup = AccountLookup(settings, state)
    return [
        AccessToken(settings, state, clock),
        CreateVa(lookup, state, clock),
        UpdateVa(lookup, state, clock),
        UpdateStatus(lookup, state, clock),
        InquiryVa(lookup, clock),
        DeleteVa(lookup, state, clock),
        InquiryStatus(lookup, settings, state),
        Report(lookup, settings, state, clock),
    ]
