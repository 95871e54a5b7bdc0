"""Inquiry status (26): was it paid?"""

from __future__ import annotations

from typing import ClassVar

from KSysPayment.simulator.clock import toBodyTime
from KSysPayment.simulator.operations.accountLookup import NUMBER_FIELDS, AccountLookup
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import JsonObject
from KSysPayment.simulator.snap.fields import VISIBLE, FieldRule, textAt
from KSysPayment.simulator.state.bankState import BankState


class InquiryStatus(SnapOperation):
    """Says `Y` or `N`, also for an account that has run out; what exactly came in stands in the report."""

    name = "inquiryStatus"
    serviceCode = "26"
    method = "POST"
    path = "/snap/v1.0/transfer-va/status"
    fields: ClassVar = (*NUMBER_FIELDS, FieldRule("inquiryRequestId", 128, VISIBLE))

    def __init__(self, lookup: AccountLookup, settings: SimulatorSettings, state: BankState) -> None:
        self._lookup = lookup
        self._settings = settings
        self._state = state

    def execute(self, body: JsonObject) -> JsonObject:
        """The paid mark and, when so set, the newest payment."""
        account = self._lookup.find(body)
        data: JsonObject = {**account.toNumberFields(), "inquiryRequestId": textAt(body, "inquiryRequestId")}
        if self._settings.statusDetail == "full":
            data.update(self._paymentFields(account.digits))
        return {"virtualAccountData": data, "additionalInfo": {"paidStatus": account.paidStatus}}

    def _paymentFields(self, digits: str) -> JsonObject:
        payment = self._state.payments.findLatest(digits)
        if payment is None:
            return {}
        return {
            "paymentFlagStatus": "00",
            "paidAmount": {"value": payment.amount, "currency": "IDR"},
            "paymentRequestId": payment.paymentRequestId,
            "referenceNo": payment.referenceNo,
            "trxDateTime": toBodyTime(payment.at),
            "transactionDate": toBodyTime(payment.at),
        }
