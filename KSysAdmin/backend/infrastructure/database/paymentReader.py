from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pydantic import JsonValue
from sqlmodel import SQLModel, col, or_, select

from KSysAdmin.backend.domain.exceptions.userErrors import PaymentNotFoundError
from KSysAdmin.backend.domain.interfaces.paymentReaderInterface import (
    PaymentFilter,
    PaymentReaderInterface,
    TimelineEntry,
)
from KSysAdmin.backend.domain.models.bankCall import BankCall
from KSysAdmin.backend.domain.models.ledger import Entry, Journal, LedgerAccount
from KSysAdmin.backend.domain.models.payment import Payment
from KSysAdmin.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysAdmin.backend.domain.models.paymentEvent import PaymentEvent
from KSysAdmin.backend.domain.models.paymentException import PaymentException
from KSysAdmin.backend.domain.models.receipt import Receipt
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import Page, PageInput

MOST_OF_A_KIND: Final = 500


class PaymentReader(BaseRepository[Payment], PaymentReaderInterface):
    model = Payment

    async def listPage(self, wanted: PaymentFilter, page: PageInput) -> Page[Payment]:
        statement = select(Payment)
        same = {
            Payment.status: wanted.status,
            Payment.method: wanted.method,
            Payment.reference: wanted.reference,
            Payment.ownerId: wanted.ownerId,
        }
        for column, value in same.items():
            statement = statement if value is None else statement.where(col(column) == value)
        if wanted.createdFrom is not None:
            statement = statement.where(Payment.createdAt >= wanted.createdFrom)
        if wanted.createdTo is not None:
            statement = statement.where(Payment.createdAt < wanted.createdTo)
        return await self.page(statement, page, ["createdAt", "id"])

    async def get(self, paymentId: UUID) -> Payment:
        payment = await self.find(paymentId)
        if payment is None:
            raise PaymentNotFoundError(f"payment {paymentId} does not exist")
        return payment

    async def timeline(self, payment: Payment) -> Sequence[TimelineEntry]:
        receipts = await self._receipts(payment.id)
        entries = [
            *await self._events(payment.id),
            *await self._bankCalls(payment.id),
            *(_receiptEntry(receipt) for receipt in receipts),
            *await self._journals([payment.id, *(receipt.id for receipt in receipts)]),
            *await self._exceptions(payment.id),
        ]
        return sorted(entries, key=lambda entry: entry.at)

    async def _events(self, paymentId: UUID) -> list[TimelineEntry]:
        statement = select(PaymentEvent).where(PaymentEvent.paymentId == paymentId).order_by(col(PaymentEvent.sequence))
        events = (await self._session.exec(statement.limit(MOST_OF_A_KIND))).all()
        return [
            TimelineEntry(
                at=event.occurredAt,
                kind="event",
                title=event.type,
                facts={"sequence": event.sequence, "fromStatus": event.fromStatus, "toStatus": event.toStatus},
            )
            for event in events
        ]

    async def _bankCalls(self, paymentId: UUID) -> list[TimelineEntry]:
        attempts = select(PaymentAttempt.id).where(PaymentAttempt.paymentId == paymentId)
        statement = select(BankCall).where(col(BankCall.attemptId).in_(attempts)).order_by(col(BankCall.startedAt))
        calls = (await self._session.exec(statement.limit(MOST_OF_A_KIND))).all()
        names = ("outcome", "responseStatus", "responseCode", "externalId", "latencyMs", "failure", "path")
        return [
            TimelineEntry(at=call.startedAt, kind="bankCall", title=call.operation, facts=_facts(call, names))
            for call in calls
        ]

    async def _receipts(self, paymentId: UUID) -> Sequence[Receipt]:
        statement = select(Receipt).where(Receipt.paymentId == paymentId).order_by(col(Receipt.receivedAt))
        return (await self._session.exec(statement.limit(MOST_OF_A_KIND))).all()

    async def _journals(self, sourceIds: Sequence[UUID]) -> list[TimelineEntry]:
        statement = select(Journal).where(col(Journal.sourceId).in_(sourceIds)).order_by(col(Journal.postedAt))
        journals = (await self._session.exec(statement.limit(MOST_OF_A_KIND))).all()
        lines = (
            select(Entry, LedgerAccount)
            .join(LedgerAccount, col(LedgerAccount.id) == col(Entry.accountId))
            .where(col(Entry.journalId).in_([journal.id for journal in journals]))
            .order_by(col(Entry.journalId), col(Entry.ordinal))
        )
        posted: dict[UUID, list[JsonValue]] = {journal.id: [] for journal in journals}
        for entry, account in (await self._session.exec(lines)).all():
            posted[entry.journalId].append(
                {"account": account.code, "amountMinor": str(entry.amountMinor), "currency": entry.currency}
            )
        return [
            TimelineEntry(
                at=journal.postedAt,
                kind="journal",
                title=journal.kind,
                facts={"description": journal.description, "entries": posted[journal.id]},
            )
            for journal in journals
        ]

    async def _exceptions(self, paymentId: UUID) -> list[TimelineEntry]:
        receipts = select(Receipt.id).where(Receipt.paymentId == paymentId)
        statement = select(PaymentException).where(
            or_(PaymentException.paymentId == paymentId, col(PaymentException.receiptId).in_(receipts))
        )
        found = (await self._session.exec(statement.limit(MOST_OF_A_KIND))).all()
        names = ("state", "detail", "resolution")
        return [
            TimelineEntry(at=each.openedAt, kind="exception", title=each.kind.value, facts=_facts(each, names))
            for each in found
        ]


def _receiptEntry(receipt: Receipt) -> TimelineEntry:
    names = ("bankReference", "currency", "source", "disposition", "virtualAccountNo")
    facts = _facts(receipt, names) | {"amountMinor": str(receipt.amountMinor)}
    return TimelineEntry(at=receipt.receivedAt, kind="receipt", title=f"receipt.{receipt.source.value}", facts=facts)


def _facts(row: SQLModel, names: Sequence[str]) -> dict[str, JsonValue]:
    return {name: getattr(row, name) for name in names}
