"""The SQLite file that holds all the bank knows; what was committed survives a SIGKILL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS access_token (
    token_hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, issued_at TEXT NOT NULL, expires_at TEXT NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS external_id (
    partner_id TEXT NOT NULL, day TEXT NOT NULL, external_id TEXT NOT NULL, PRIMARY KEY (partner_id, day, external_id)
);
CREATE TABLE IF NOT EXISTS virtual_account (
    id INTEGER PRIMARY KEY, digits TEXT NOT NULL, service_id TEXT NOT NULL, customer_no TEXT NOT NULL,
    name TEXT NOT NULL, trx_id TEXT NOT NULL UNIQUE, amount TEXT NOT NULL, expires_at TEXT NOT NULL,
    description TEXT, state TEXT NOT NULL CHECK (state IN ('active', 'marked', 'paid', 'deleted')),
    created_at TEXT NOT NULL, updated_at TEXT, paid_at TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS uq_virtual_account_live ON virtual_account (digits) WHERE state <> 'deleted';
CREATE TABLE IF NOT EXISTS payment (
    payment_request_id TEXT PRIMARY KEY, digits TEXT NOT NULL, service_id TEXT NOT NULL, customer_no TEXT NOT NULL,
    name TEXT NOT NULL, trx_id TEXT NOT NULL, amount TEXT NOT NULL, bill_amount TEXT NOT NULL, at TEXT NOT NULL,
    terminal_id TEXT NOT NULL, reference_no TEXT NOT NULL, journal_no TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_payment_digits ON payment (digits);
CREATE TABLE IF NOT EXISTS ledger_entry (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('payment', 'reversal', 'suspense')),
    digits TEXT NOT NULL, virtual_account_no TEXT NOT NULL, amount TEXT NOT NULL, payment_request_id TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS open_debit (payment_request_id TEXT PRIMARY KEY, payment TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, operation TEXT NOT NULL, fault TEXT NOT NULL, times INTEGER NOT NULL,
    delay_seconds REAL, response_code TEXT, UNIQUE (operation, fault)
);
CREATE TABLE IF NOT EXISTS online_account (digits TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS exchange (
    id INTEGER PRIMARY KEY AUTOINCREMENT, direction TEXT NOT NULL, operation TEXT NOT NULL, method TEXT NOT NULL,
    url TEXT NOT NULL, request_headers TEXT NOT NULL, request_body TEXT NOT NULL, status INTEGER,
    response_headers TEXT, response_body TEXT, verdict TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
    string_to_sign TEXT, fault TEXT, at TEXT NOT NULL, duration_ms REAL
);
CREATE TABLE IF NOT EXISTS merchant (
    only INTEGER PRIMARY KEY CHECK (only = 1), base_url TEXT, clock_offset_seconds REAL NOT NULL DEFAULT 0
);
INSERT OR IGNORE INTO merchant (only) VALUES (1);
"""


class StateDatabase:
    """One connection, used from one thread; every statement outside `transaction` commits by itself."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or, when it raises, nothing of it."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, statement: str, *values: object) -> int:
        """Run a statement; how many rows it touched."""
        return self._connection.execute(statement, values).rowcount

    def insert(self, statement: str, *values: object) -> int:
        """Run an INSERT; the new row's id."""
        return self._connection.execute(statement, values).lastrowid or 0

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(statement, values).fetchall()

    def firstRow(self, statement: str, *values: object) -> sqlite3.Row | None:
        """The first row of a query, if any."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
