"""Paying an account the merchant hosts (BRIVA Online): inquiry (24), debit, payment (25), and the table of outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from KSysPayment.simulator.clock import BankClock, toBodyTime
from KSysPayment.simulator.merchant.merchantClient import MerchantClient, MerchantTokenError
from KSysPayment.simulator.merchant.outboundCall import MerchantAnswer
from KSysPayment.simulator.merchant.payErrors import AccountNotFoundError, InquiryFailedError, WrongAmountError
from KSysPayment.simulator.merchant.payInput import PayInput
from KSysPayment.simulator.merchant.payVirtualAccountService import PayResult
from KSysPayment.simulator.merchant.references import newDigits, newRequestId
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import JsonObject
from KSysPayment.simulator.snap.fields import textAt
from KSysPayment.simulator.snap.oddShapes import otherAmount
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.fault import Fault, OrderedFault
from KSysPayment.simulator.state.payment import BankPayment, LedgerKind

EXTERNAL_ID_LENGTH: Final = 36
LATE_SECONDS: Final = 10.0
INQUIRY_SUCCESS: Final = "2002400"
PAYMENT_SUCCESS: Final = "2002500"
PAYMENT_SERVICE: Final = "25"
# Listed refusals: the bank gives the money back. Anything else leaves it in suspense.
REVERSING_CASES: Final[Mapping[str, frozenset[str]]] = {
    "202": frozenset({"00"}),
    "400": frozenset({"00", "01", "02"}),
    "401": frozenset({"00", "01", "02", "03", "04"}),
    "403": frozenset(f"{case:02d}" for case in range(24) if case != 16),
    "404": frozenset(f"{case:02d}" for case in range(20)),
    "405": frozenset({"00", "01"}),
    "409": frozenset({"00", "01"}),
}


class PayOnlineAccountService:
    """The payer is debited before the payment call; what the merchant answers decides what becomes of the money."""

    def __init__(self, client: MerchantClient, settings: SimulatorSettings, state: BankState, clock: BankClock) -> None:
        self._client = client
        self._settings = settings
        self._state = state
        self._clock = clock

    async def execute(self, digits: str, pay: PayInput) -> PayResult:
        """Ask, debit, tell; PayRefusedError when the inquiry yields no bill that can be paid so."""
        if not digits.startswith(self._settings.companyCode):
            raise AccountNotFoundError("the number does not belong to the partner")
        inquiry = self._toInquiry(digits, pay)
        bill = await self._inquire(inquiry)
        self._ensureAmount(bill, pay)

        payment = self._toPayment(digits, inquiry, bill, pay)
        self._state.payments.openDebit(payment)
        answers = await self._tell(payment, pay)
        outcome = outcomeOf(answers)
        with self._state.database.transaction():
            self._state.payments.closeDebit(payment, outcome)
        return PayResult(payment.paymentRequestId, outcome, answers)

    async def _inquire(self, inquiry: JsonObject) -> JsonObject:
        ordered = self._state.faults.take("vaInquiry")
        answers = await self._call("vaInquiry", self._settings.inquiryPath, inquiry, 1, ordered)
        first = answers[0]
        if first.status is None or first.responseCode != INQUIRY_SUCCESS:
            raise InquiryFailedError(f"{first.status} {first.responseCode} {first.reason}".strip())
        return first.content

    def _ensureAmount(self, bill: JsonObject, pay: PayInput) -> None:
        try:
            billed = Decimal(textAt(bill, "virtualAccountData.totalAmount.value"))
        except InvalidOperation as error:
            raise InquiryFailedError("the merchant's answer names no amount") from error
        ordered = self._state.faults.peek("vaPayment")
        isMismatchOrdered = ordered is not None and ordered.fault is Fault.AMOUNT_MISMATCH
        if billed not in (Decimal(0), Decimal(pay.amount)) and not pay.force and not isMismatchOrdered:
            raise WrongAmountError(f"the bill asks for exactly {billed}")

    async def _tell(self, payment: BankPayment, pay: PayInput) -> list[MerchantAnswer]:
        ordered = self._state.faults.take("vaPayment")
        content = toPaymentContent(payment, ordered)
        return await self._call("vaPayment", self._settings.paymentPath, content, pay.times, ordered)

    async def _call(
        self, operation: str, path: str, content: JsonObject, times: int, ordered: OrderedFault | None
    ) -> list[MerchantAnswer]:
        """Call `times` times in parallel; the whole of one call ends within the bank's patience."""
        fault = ordered.fault if ordered is not None else None
        if fault is Fault.LOST:
            return [MerchantAnswer(None, {}, "never sent")]
        if ordered is not None and fault is Fault.LATE:
            await asyncio.sleep(LATE_SECONDS if ordered.delaySeconds is None else ordered.delaySeconds)
        try:
            token = await self._client.fetchToken()
        except MerchantTokenError as error:
            return [MerchantAnswer(None, {}, str(error))]
        call = self._client.prepare(operation, path, content, token, newDigits(EXTERNAL_ID_LENGTH), ordered)
        answers = await asyncio.gather(*(self._client.send(call) for _ in range(times)))
        if fault is Fault.DUPLICATE:
            again = self._client.prepare(operation, path, content, token, newDigits(EXTERNAL_ID_LENGTH), ordered)
            answers.append(await self._client.send(again))
        return answers

    def _toInquiry(self, digits: str, pay: PayInput) -> JsonObject:
        customerNo = digits.removeprefix(self._settings.companyCode)
        return {
            "partnerServiceId": self._settings.paddedServiceId,
            "customerNo": customerNo,
            "virtualAccountNo": self._settings.paddedServiceId + customerNo,
            "amount": {"value": "0.00", "currency": "IDR"},
            "trxDateInit": toBodyTime(self._clock.now()),
            "channelCode": int(pay.terminalId),
            "sourceBankCode": "002",
            "inquiryRequestId": newRequestId(),
            "additionalInfo": {"idApp": "SIMULATE"},
        }

    def _toPayment(self, digits: str, inquiry: JsonObject, bill: JsonObject, pay: PayInput) -> BankPayment:
        billed = textAt(bill, "virtualAccountData.totalAmount.value")
        return BankPayment(
            paymentRequestId=textAt(inquiry, "inquiryRequestId"),
            serviceId=self._settings.paddedServiceId,
            customerNo=digits.removeprefix(self._settings.companyCode),
            name=textAt(bill, "virtualAccountData.virtualAccountName"),
            trxId=newDigits(12),
            amount=pay.amount,
            billAmount=billed,
            at=self._clock.now(),
            terminalId=pay.terminalId,
            referenceNo=newDigits(12),
            journalNo=newDigits(7),
        )


def toPaymentContent(payment: BankPayment, ordered: OrderedFault | None) -> JsonObject:
    """The payment call's body; a mismatch ordered for a rightly paid bill makes the call lie."""
    isMismatch = ordered is not None and ordered.fault is Fault.AMOUNT_MISMATCH
    told = otherAmount(payment.amount) if isMismatch and payment.amount == payment.billAmount else payment.amount
    return {
        "partnerServiceId": payment.serviceId,
        "customerNo": payment.customerNo,
        "virtualAccountNo": payment.number,
        "virtualAccountName": payment.name,
        "paidAmount": {"value": told, "currency": "IDR"},
        "trxDateTime": toBodyTime(payment.at),
        "channelCode": int(payment.terminalId),
        "sourceBankCode": "002",
        "trxId": payment.trxId,
        "paymentRequestId": payment.paymentRequestId,
        "additionalInfo": {"idApp": "SIMULATE"},
    }


def outcomeOf(answers: Sequence[MerchantAnswer]) -> LedgerKind:
    """Success when any copy succeeded, reversal when every copy was refused by a listed code, else suspense."""
    codes = [answer.responseCode if answer.status is not None else "" for answer in answers]
    if PAYMENT_SUCCESS in codes:
        return LedgerKind.PAYMENT
    if all(isReversing(code) for code in codes):
        return LedgerKind.REVERSAL
    return LedgerKind.SUSPENSE


def isReversing(code: str) -> bool:
    """Whether the bank knows this code as a refusal of a payment."""
    status, service, case = code[:3], code[3:5], code[5:]
    return service == PAYMENT_SERVICE and case in REVERSING_CASES.get(status, frozenset())
