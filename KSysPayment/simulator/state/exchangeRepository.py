"""The log of every call in both directions."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Final

from KSysPayment.simulator.state.database import StateDatabase
from KSysPayment.simulator.state.exchange import Direction, Exchange, Verdict

PRUNE_EVERY: Final = 256


class ExchangeRepository:
    """Keeps the newest exchanges and forgets the oldest beyond `kept`."""

    def __init__(self, database: StateDatabase, kept: int) -> None:
        self._database = database
        self._kept = kept

    def open(self, exchange: Exchange) -> None:
        """Write a call down before it is acted upon."""
        exchange.id = self._database.insert(
            "INSERT INTO exchange (direction, operation, method, url, request_headers, request_body, verdict,"
            " string_to_sign, fault, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            exchange.direction.value,
            exchange.operation,
            exchange.method,
            exchange.url,
            json.dumps(dict(exchange.requestHeaders)),
            exchange.requestBody,
            exchange.verdict.value,
            exchange.stringToSign,
            exchange.fault,
            exchange.at.isoformat(),
        )
        if exchange.id % PRUNE_EVERY == 0:
            self._database.execute("DELETE FROM exchange WHERE id <= ?", exchange.id - self._kept)

    def complete(self, exchange: Exchange) -> None:
        """Add how it ended."""
        self._database.execute(
            "UPDATE exchange SET status = ?, response_headers = ?, response_body = ?, verdict = ?, reason = ?,"
            " string_to_sign = ?, fault = ?, duration_ms = ? WHERE id = ?",
            exchange.status,
            json.dumps(dict(exchange.responseHeaders)),
            exchange.responseBody,
            exchange.verdict.value,
            exchange.reason,
            exchange.stringToSign,
            exchange.fault,
            exchange.durationMs,
            exchange.id,
        )

    def listNewest(self, limit: int, operation: str | None = None) -> list[Exchange]:
        """The newest first, of one operation or of all."""
        rows = self._database.rows(
            "SELECT * FROM exchange WHERE ? IS NULL OR operation = ? ORDER BY id DESC LIMIT ?",
            operation,
            operation,
            limit,
        )
        return [toExchange(row) for row in rows]


def toExchange(row: sqlite3.Row) -> Exchange:
    """A row as an exchange."""
    return Exchange(
        id=row["id"],
        direction=Direction(row["direction"]),
        operation=row["operation"],
        method=row["method"],
        url=row["url"],
        requestHeaders=json.loads(row["request_headers"]),
        requestBody=row["request_body"],
        status=row["status"],
        responseHeaders=json.loads(row["response_headers"] or "{}"),
        responseBody=row["response_body"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        stringToSign=row["string_to_sign"],
        fault=row["fault"],
        at=datetime.fromisoformat(row["at"]),
        durationMs=row["duration_ms"],
    )
