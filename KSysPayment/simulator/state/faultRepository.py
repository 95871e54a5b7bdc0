"""Faults that were ordered and have not yet happened."""

from __future__ import annotations

import sqlite3

from KSysPayment.simulator.state.database import StateDatabase
from KSysPayment.simulator.state.fault import ANY_OPERATION, POSSIBLE, Fault, OrderedFault


class FaultRepository:
    """First ordered, first shown; an order for `*` waits for whatever operation can show it."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def order(self, ordered: OrderedFault) -> None:
        """Order a fault, replacing an earlier order of the same; zero times takes it back."""
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM fault WHERE operation = ? AND fault = ?", ordered.operation, ordered.fault.value
            )
            if ordered.times > 0:
                self._database.execute(
                    "INSERT INTO fault (operation, fault, times, delay_seconds, response_code) VALUES (?, ?, ?, ?, ?)",
                    ordered.operation,
                    ordered.fault.value,
                    ordered.times,
                    ordered.delaySeconds,
                    ordered.responseCode,
                )

    def peek(self, operation: str) -> OrderedFault | None:
        """The fault the next call of the operation will show."""
        row = self._findNext(operation)
        return toFault(row) if row is not None else None

    def take(self, operation: str) -> OrderedFault | None:
        """The fault this call of the operation shows, counted down."""
        row = self._findNext(operation)
        if row is None:
            return None
        with self._database.transaction():
            self._database.execute("UPDATE fault SET times = times - 1 WHERE id = ?", row["id"])
            self._database.execute("DELETE FROM fault WHERE times <= 0")
        return toFault(row)

    def _findNext(self, operation: str) -> sqlite3.Row | None:
        waiting = self._database.rows(
            "SELECT * FROM fault WHERE operation IN (?, ?) ORDER BY id", operation, ANY_OPERATION
        )
        possible = POSSIBLE.get(operation, frozenset())
        return next((row for row in waiting if Fault(row["fault"]) in possible), None)

    def listAll(self) -> list[OrderedFault]:
        """All that still wait."""
        return [toFault(row) for row in self._database.rows("SELECT * FROM fault ORDER BY id")]


def toFault(row: sqlite3.Row) -> OrderedFault:
    """A row as an order."""
    return OrderedFault(
        operation=row["operation"],
        fault=Fault(row["fault"]),
        times=row["times"],
        delaySeconds=row["delay_seconds"],
        responseCode=row["response_code"],
    )
