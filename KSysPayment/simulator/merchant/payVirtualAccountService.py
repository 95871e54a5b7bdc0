"""Paying a bank-hosted account: the money is booked first, then the merchant is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.merchant.notifyPaymentService import NotifyPaymentService
from KSysPayment.simulator.merchant.outboundCall import MerchantAnswer
from KSysPayment.simulator.merchant.payErrors import (
    AccountDeletedError,
    AccountExpiredError,
    AccountNotFoundError,
    AccountPaidError,
    WrongAmountError,
)
from KSysPayment.simulator.merchant.payInput import PayInput
from KSysPayment.simulator.merchant.references import newDigits, newRequestId
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.fault import Fault
from KSysPayment.simulator.state.payment import BankPayment, LedgerKind
from KSysPayment.simulator.state.virtualAccount import VirtualAccount, VirtualAccountState


@dataclass(frozen=True)
class PayResult:
    """What became of the payer's money, and what the merchant said to each call."""

    paymentRequestId: str
    outcome: LedgerKind
    answers: list[MerchantAnswer]


class PayVirtualAccountService:
    """Closed amount, single payment; `force` and the fault amountMismatch let the impossible happen."""

    def __init__(
        self, settings: SimulatorSettings, state: BankState, clock: BankClock, notify: NotifyPaymentService
    ) -> None:
        self._settings = settings
        self._state = state
        self._clock = clock
        self._notify = notify

    async def execute(self, digits: str, pay: PayInput) -> PayResult:
        """Move the money, then notify; PayRefusedError when the bank would not take it."""
        with self._state.database.transaction():
            account = self._state.accounts.findLatest(digits)
            if not pay.force:
                self._ensurePayable(account, pay)
            payment = self._book(digits, account, pay)
        ordered = self._state.faults.take("notify")
        answers = await self._notify.execute(payment, pay.times, ordered)
        return PayResult(payment.paymentRequestId, LedgerKind.PAYMENT, answers)

    def _ensurePayable(self, account: VirtualAccount | None, pay: PayInput) -> None:
        if account is None:
            raise AccountNotFoundError("no virtual account has this number")
        if account.state is VirtualAccountState.DELETED:
            raise AccountDeletedError("the virtual account was deleted")
        if account.paidStatus == "Y":
            raise AccountPaidError("the virtual account is already paid")
        if account.isExpired(self._clock.now()):
            raise AccountExpiredError(f"the virtual account expired at {account.expiresAt.isoformat()}")
        ordered = self._state.faults.peek("notify")
        isMismatchOrdered = ordered is not None and ordered.fault is Fault.AMOUNT_MISMATCH
        if Decimal(pay.amount) != Decimal(account.amount) and not isMismatchOrdered:
            raise WrongAmountError(f"the virtual account takes exactly {account.amount}")

    def _book(self, digits: str, account: VirtualAccount | None, pay: PayInput) -> BankPayment:
        if account is None and not digits.startswith(self._settings.companyCode):
            raise AccountNotFoundError("the number does not belong to the partner")
        now = self._clock.now()
        payment = BankPayment(
            paymentRequestId=newRequestId(),
            serviceId=self._settings.paddedServiceId,
            customerNo=digits.removeprefix(self._settings.companyCode),
            name=account.name if account is not None else "",
            trxId=account.trxId if account is not None else "",
            amount=pay.amount,
            billAmount=account.amount if account is not None else pay.amount,
            at=now,
            terminalId=pay.terminalId,
            referenceNo=newDigits(12),
            journalNo=newDigits(7),
        )
        self._state.payments.add(payment)
        if account is not None and account.state is not VirtualAccountState.DELETED:
            self._state.accounts.save(replace(account, state=VirtualAccountState.PAID, paidAt=now))
        return payment
