"""Money the bank moved, and what its ledger says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LedgerKind(StrEnum):
    """`payment`: the merchant has the money. `reversal`: the payer got it back. `suspense`: debited, unresolved."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    SUSPENSE = "suspense"


@dataclass(frozen=True)
class BankPayment:
    """One payment into one virtual account; `at` is the booking time."""

    paymentRequestId: str
    serviceId: str
    customerNo: str
    name: str
    trxId: str
    amount: str
    billAmount: str
    at: datetime
    terminalId: str
    referenceNo: str
    journalNo: str

    @property
    def digits(self) -> str:
        """The paid number without spaces."""
        return f"{self.serviceId.strip()}{self.customerNo}"

    @property
    def number(self) -> str:
        """The paid number as it travels."""
        return f"{self.serviceId}{self.customerNo}"


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the bank's truth."""

    kind: LedgerKind
    digits: str
    virtualAccountNo: str
    amount: str
    paymentRequestId: str
    at: datetime
