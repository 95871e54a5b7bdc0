"""Inquiry VA (30)."""

from __future__ import annotations

from typing import ClassVar

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.operations.accountLookup import NUMBER_FIELDS, TRX_ID, AccountLookup
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.snap.answers import EXPIRED_BILL, JsonObject, SnapRefusedError


class InquiryVa(SnapOperation):
    """Shows a standing account, paid or not; one that ran out unpaid is refused."""

    name = "inquiryVa"
    serviceCode = "30"
    method = "POST"
    path = "/snap/v1.0/transfer-va/inquiry-va"
    fields: ClassVar = (*NUMBER_FIELDS, TRX_ID)

    def __init__(self, lookup: AccountLookup, clock: BankClock) -> None:
        self._lookup = lookup
        self._clock = clock

    def execute(self, body: JsonObject) -> JsonObject:
        """Echo the account."""
        account = self._lookup.find(body)
        if account.isExpired(self._clock.now()):
            raise SnapRefusedError(EXPIRED_BILL)
        return {"virtualAccountData": account.toSnap()}
