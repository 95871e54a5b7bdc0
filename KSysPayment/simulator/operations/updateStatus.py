"""Update VA status (29)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.operations.accountLookup import NUMBER_FIELDS, TRX_ID, AccountLookup
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.snap.answers import EXPIRED_BILL, PAID_BILL, JsonObject, SnapRefusedError
from KSysPayment.simulator.snap.fields import PAID_STATUS, FieldRule, textAt
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.virtualAccount import VirtualAccountState


class UpdateStatus(SnapOperation):
    """`Y` closes an account without money, `N` opens such a one again; an account really paid stays paid."""

    name = "updateStatus"
    serviceCode = "29"
    method = "PUT"
    path = "/snap/v1.0/transfer-va/update-status"
    fields: ClassVar = (*NUMBER_FIELDS, TRX_ID, FieldRule("paidStatus", 1, PAID_STATUS))

    def __init__(self, lookup: AccountLookup, state: BankState, clock: BankClock) -> None:
        self._lookup = lookup
        self._state = state
        self._clock = clock

    def execute(self, body: JsonObject) -> JsonObject:
        """Set the mark and echo it."""
        account = self._lookup.find(body)
        now = self._clock.now()
        if account.state is VirtualAccountState.PAID:
            raise SnapRefusedError(PAID_BILL)
        if account.isExpired(now):
            raise SnapRefusedError(EXPIRED_BILL)

        isMarked = textAt(body, "paidStatus") == "Y"
        state = VirtualAccountState.MARKED if isMarked else VirtualAccountState.ACTIVE
        changed = replace(account, state=state, updatedAt=now)
        self._state.accounts.save(changed)
        return {
            "virtualAccountData": {
                **changed.toNumberFields(),
                "virtualAccountName": changed.name,
                "trxId": changed.trxId,
                "additionalInfo": {"paidStatus": changed.paidStatus},
            }
        }
