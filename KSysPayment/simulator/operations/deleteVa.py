"""Delete VA (31)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.operations.accountLookup import NUMBER_FIELDS, OPTIONAL_TRX_ID, AccountLookup
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.snap.answers import PAID_BILL, JsonObject, SnapRefusedError
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.virtualAccount import VirtualAccountState


class DeleteVa(SnapOperation):
    """Takes down an account that was not paid; one that ran out may be taken down too."""

    name = "deleteVa"
    serviceCode = "31"
    method = "DELETE"
    path = "/snap/v1.0/transfer-va/delete-va"
    fields: ClassVar = (*NUMBER_FIELDS, OPTIONAL_TRX_ID)

    def __init__(self, lookup: AccountLookup, state: BankState, clock: BankClock) -> None:
        self._lookup = lookup
        self._state = state
        self._clock = clock

    def execute(self, body: JsonObject) -> JsonObject:
        """Take the account down and echo its number."""
        account = self._lookup.find(body)
        if account.state is VirtualAccountState.PAID:
            raise SnapRefusedError(PAID_BILL)
        deleted = replace(account, state=VirtualAccountState.DELETED, updatedAt=self._clock.now())
        self._state.accounts.save(deleted)
        return {"virtualAccountData": deleted.toNumberFields()}
