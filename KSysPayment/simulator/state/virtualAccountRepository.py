"""Virtual accounts by number and by the partner's reference."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from KSysPayment.simulator.state.database import StateDatabase
from KSysPayment.simulator.state.virtualAccount import VirtualAccount, VirtualAccountState


class VirtualAccountRepository:
    """At most one account that is not deleted stands under a number."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, account: VirtualAccount) -> None:
        """Store a new account; its id is given by the file."""
        self._database.execute(
            "INSERT INTO virtual_account (digits, service_id, customer_no, name, trx_id, amount, expires_at,"
            " description, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            account.digits,
            account.serviceId,
            account.customerNo,
            account.name,
            account.trxId,
            account.amount,
            account.expiresAt.isoformat(),
            account.description,
            account.state.value,
            account.createdAt.isoformat(),
        )

    def save(self, account: VirtualAccount) -> None:
        """Store what may change of an account."""
        self._database.execute(
            "UPDATE virtual_account SET name = ?, amount = ?, expires_at = ?, description = ?, state = ?,"
            " updated_at = ?, paid_at = ? WHERE id = ?",
            account.name,
            account.amount,
            account.expiresAt.isoformat(),
            account.description,
            account.state.value,
            account.updatedAt.isoformat() if account.updatedAt else None,
            account.paidAt.isoformat() if account.paidAt else None,
            account.id,
        )

    def findLatest(self, digits: str) -> VirtualAccount | None:
        """The latest account under a number, deleted or not."""
        row = self._database.firstRow("SELECT * FROM virtual_account WHERE digits = ? ORDER BY id DESC LIMIT 1", digits)
        return toAccount(row) if row is not None else None

    def isTrxIdTaken(self, trxId: str) -> bool:
        """Whether the partner's reference was ever used."""
        return self._database.firstRow("SELECT 1 FROM virtual_account WHERE trx_id = ?", trxId) is not None

    def listAll(self, limit: int) -> list[VirtualAccount]:
        """The newest accounts first."""
        return [toAccount(row) for row in self._database.rows(
            "SELECT * FROM virtual_account ORDER BY id DESC LIMIT ?", limit
        )]  # fmt: skip


def toAccount(row: sqlite3.Row) -> VirtualAccount:
    """A row as the bank speaks of it."""
    return VirtualAccount(
        id=row["id"],
        serviceId=row["service_id"],
        customerNo=row["customer_no"],
        name=row["name"],
        trxId=row["trx_id"],
        amount=row["amount"],
        expiresAt=datetime.fromisoformat(row["expires_at"]),
        description=row["description"],
        state=VirtualAccountState(row["state"]),
        createdAt=datetime.fromisoformat(row["created_at"]),
        updatedAt=datetime.fromisoformat(row["updated_at"]) if row["updated_at"] else None,
        paidAt=datetime.fromisoformat(row["paid_at"]) if row["paid_at"] else None,
    )
