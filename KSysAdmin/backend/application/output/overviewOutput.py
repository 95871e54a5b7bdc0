from __future__ import annotations

from datetime import datetime

from KSysAdmin.backend.application.output.paymentOutput import MoneyOutput
from KSysAdmin.backend.domain.interfaces.statsReaderInterface import Overview
from shared.backend.utils.apiModel import OutputModel, Timestamp


class UserNumbers(OutputModel):
    byStatus: dict[str, int]
    newToday: int
    liveSessions: int


class ReceivedOnDay(OutputModel):
    day: str
    receipts: int
    received: MoneyOutput


class PaymentNumbers(OutputModel):
    byStatus: dict[str, int]
    openExceptions: int
    receivedByDay: list[ReceivedOnDay]


class OutboxNumbers(OutputModel):
    """Messages that still wait, and those that were given up and want a person."""

    waiting: int
    dead: int


class OverviewOutput(OutputModel):
    at: Timestamp
    users: UserNumbers
    payments: PaymentNumbers
    outbox: OutboxNumbers

    @classmethod
    def of(cls, overview: Overview, at: datetime) -> OverviewOutput:
        days = [
            ReceivedOnDay(
                day=each.day, receipts=each.receipts, received=MoneyOutput.of(each.amountMinor, each.currency)
            )
            for each in overview.receivedByDay
        ]
        return cls(
            at=at,
            users=UserNumbers(
                byStatus=overview.usersByStatus, newToday=overview.usersNewToday, liveSessions=overview.liveSessions
            ),
            payments=PaymentNumbers(
                byStatus=overview.paymentsByStatus, openExceptions=overview.openExceptions, receivedByDay=days
            ),
            outbox=OutboxNumbers(waiting=overview.waitingMessages, dead=overview.deadMessages),
        )
