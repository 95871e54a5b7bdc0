"""Update VA (28)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.operations.accountLookup import AccountLookup
from KSysPayment.simulator.operations.bill import BILL_FIELDS, readBill
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.snap.answers import EXPIRED_BILL, PAID_BILL, JsonObject, SnapRefusedError
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.virtualAccount import VirtualAccountState


class UpdateVa(SnapOperation):
    """Changes the bill of an account that can still be paid."""

    name = "updateVa"
    serviceCode = "28"
    method = "PUT"
    path = "/snap/v1.0/transfer-va/update-va"
    fields: ClassVar = BILL_FIELDS

    def __init__(self, lookup: AccountLookup, state: BankState, clock: BankClock) -> None:
        self._lookup = lookup
        self._state = state
        self._clock = clock

    def execute(self, body: JsonObject) -> JsonObject:
        """Change the account and echo it."""
        account = self._lookup.find(body)
        now = self._clock.now()
        if account.state is not VirtualAccountState.ACTIVE:
            raise SnapRefusedError(PAID_BILL)
        if account.isExpired(now):
            raise SnapRefusedError(EXPIRED_BILL)

        bill = readBill(body, now)
        changed = replace(
            account,
            name=bill.name,
            amount=bill.amount,
            expiresAt=bill.expiresAt,
            description=bill.description,
            updatedAt=now,
        )
        self._state.accounts.save(changed)
        return {"virtualAccountData": changed.toSnap()}
