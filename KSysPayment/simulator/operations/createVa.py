"""Create VA (27)."""

from __future__ import annotations

from typing import ClassVar

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.operations.accountLookup import AccountLookup
from KSysPayment.simulator.operations.bill import BILL_FIELDS, readBill
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.snap.answers import DUPLICATE_REFERENCE, JsonObject, SnapRefusedError
from KSysPayment.simulator.snap.fields import textAt
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.virtualAccount import VirtualAccount, VirtualAccountState


class CreateVa(SnapOperation):
    """Opens an account; a number stands once, a reference is used once for ever."""

    name = "createVa"
    serviceCode = "27"
    method = "POST"
    path = "/snap/v1.0/transfer-va/create-va"
    fields: ClassVar = BILL_FIELDS

    def __init__(self, lookup: AccountLookup, state: BankState, clock: BankClock) -> None:
        self._lookup = lookup
        self._state = state
        self._clock = clock

    def execute(self, body: JsonObject) -> JsonObject:
        """Open the account and echo it."""
        digits = self._lookup.readDigits(body)
        now = self._clock.now()
        bill = readBill(body, now)
        standing = self._state.accounts.findLatest(digits)
        if standing is not None and standing.state is not VirtualAccountState.DELETED:
            raise SnapRefusedError(DUPLICATE_REFERENCE, "virtualAccountNo")
        if self._state.accounts.isTrxIdTaken(textAt(body, "trxId")):
            raise SnapRefusedError(DUPLICATE_REFERENCE, "trxId")

        account = VirtualAccount(
            id=0,
            serviceId=textAt(body, "partnerServiceId"),
            customerNo=textAt(body, "customerNo"),
            name=bill.name,
            trxId=textAt(body, "trxId"),
            amount=bill.amount,
            expiresAt=bill.expiresAt,
            description=bill.description,
            state=VirtualAccountState.ACTIVE,
            createdAt=now,
        )
        self._state.accounts.add(account)
        return {"virtualAccountData": account.toSnap()}
