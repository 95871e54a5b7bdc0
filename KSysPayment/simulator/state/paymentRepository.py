"""Payments credited to the merchant, and the ledger of all that happened to payers' money."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from datetime import datetime

from KSysPayment.simulator.state.database import StateDatabase
from KSysPayment.simulator.state.payment import BankPayment, LedgerEntry, LedgerKind


class PaymentRepository:
    """Append only."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, payment: BankPayment) -> None:
        """Credit the merchant: the payment and its ledger line."""
        self._database.execute(
            "INSERT INTO payment (payment_request_id, digits, service_id, customer_no, name, trx_id, amount,"
            " bill_amount, at, terminal_id, reference_no, journal_no) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            payment.paymentRequestId,
            payment.digits,
            payment.serviceId,
            payment.customerNo,
            payment.name,
            payment.trxId,
            payment.amount,
            payment.billAmount,
            payment.at.isoformat(),
            payment.terminalId,
            payment.referenceNo,
            payment.journalNo,
        )
        self.addEntry(LedgerKind.PAYMENT, payment)

    def addEntry(self, kind: LedgerKind, payment: BankPayment) -> None:
        """Write one ledger line."""
        self._database.execute(
            "INSERT INTO ledger_entry (kind, digits, virtual_account_no, amount, payment_request_id, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            kind.value,
            payment.digits,
            payment.number,
            payment.amount,
            payment.paymentRequestId,
            payment.at.isoformat(),
        )

    def openDebit(self, payment: BankPayment) -> None:
        """The payer was debited; whether the merchant takes the money is not yet known."""
        fields = {**asdict(payment), "at": payment.at.isoformat()}
        self._database.execute(
            "INSERT INTO open_debit (payment_request_id, payment) VALUES (?, ?)",
            payment.paymentRequestId,
            json.dumps(fields),
        )

    def closeDebit(self, payment: BankPayment, outcome: LedgerKind) -> None:
        """Say what became of a debit."""
        self._database.execute("DELETE FROM open_debit WHERE payment_request_id = ?", payment.paymentRequestId)
        if outcome is LedgerKind.PAYMENT:
            self.add(payment)
            return
        self.addEntry(outcome, payment)

    def listOpenDebits(self) -> list[BankPayment]:
        """Debits whose end a crash has hidden."""
        found = [json.loads(row["payment"]) for row in self._database.rows("SELECT payment FROM open_debit")]
        return [BankPayment(**{**fields, "at": datetime.fromisoformat(fields["at"])}) for fields in found]

    def findLatest(self, digits: str) -> BankPayment | None:
        """The newest payment into a number."""
        row = self._database.firstRow("SELECT * FROM payment WHERE digits = ? ORDER BY rowid DESC LIMIT 1", digits)
        return toPayment(row) if row is not None else None

    def listOfService(self, serviceId: str) -> list[BankPayment]:
        """All payments under a prefix, oldest first."""
        rows = self._database.rows("SELECT * FROM payment WHERE service_id = ? ORDER BY rowid", serviceId)
        return [toPayment(row) for row in rows]

    def listEntries(self) -> list[LedgerEntry]:
        """The ledger, oldest first."""
        return [
            LedgerEntry(
                kind=LedgerKind(row["kind"]),
                digits=row["digits"],
                virtualAccountNo=row["virtual_account_no"],
                amount=row["amount"],
                paymentRequestId=row["payment_request_id"],
                at=datetime.fromisoformat(row["at"]),
            )
            for row in self._database.rows("SELECT * FROM ledger_entry ORDER BY id")
        ]


def toPayment(row: sqlite3.Row) -> BankPayment:
    """A row as the bank speaks of it."""
    return BankPayment(
        paymentRequestId=row["payment_request_id"],
        serviceId=row["service_id"],
        customerNo=row["customer_no"],
        name=row["name"],
        trxId=row["trx_id"],
        amount=row["amount"],
        billAmount=row["bill_amount"],
        at=datetime.fromisoformat(row["at"]),
        terminalId=row["terminal_id"],
        referenceNo=row["reference_no"],
        journalNo=row["journal_no"],
    )
