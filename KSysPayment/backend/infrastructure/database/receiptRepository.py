from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import (
    MoneyReport,
    ReceiptRepositoryInterface,
    TakenReceipt,
)
from KSysPayment.backend.domain.models.statuses import PaymentStatus
from KSysPayment.backend.domain.policies.receiptPolicy import FundedPayment, Settlement
from shared.backend.utils.uuid import generateId

CLEARING_SHARDS: Final = 16

_TAKE: Final = text(
    "SELECT * FROM take_receipt(:id, :bankAccount, :bankReference, :referenceKind, :accountNo, :currency, :amountMinor,"
    " :bankTime, :source, :originId, :at)"
)
_SETTLE: Final = text("SELECT settle_receipt(:receiptId, :disposition, :exceptionKind, :detail, :shard, :at)")


class ReceiptRepository(ReceiptRepositoryInterface):
    """
    Two statements and the commit: the database's own functions lock, insert and post.

    The server's role can write neither receipts nor entries in any other way.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, report: MoneyReport, at: datetime) -> TakenReceipt:
        await self._session.flush()
        connection = await self._session.connection()
        found = await connection.execute(
            _TAKE,
            {
                "id": generateId(),
                "bankAccount": report.bankAccount,
                "bankReference": report.bankReference,
                "referenceKind": report.referenceKind.value,
                "accountNo": report.virtualAccountNo,
                "currency": report.amount.currency,
                "amountMinor": report.amount.minorUnits,
                "bankTime": report.bankTime,
                "source": report.source.value,
                "originId": report.originId,
                "at": at,
            },
        )
        row = found.mappings().one()
        return TakenReceipt(
            receiptId=row["receipt_id"],
            isNew=row["is_new"],
            recordedAmountMinor=row["recorded_amount_minor"],
            recordedAccountNo=row["recorded_account_no"],
            attemptId=row["attempt_id"],
            payment=_fundedPayment(row),
        )

    async def settle(self, receiptId: UUID, settlement: Settlement, at: datetime) -> None:
        connection = await self._session.connection()
        await connection.execute(
            _SETTLE,
            {
                "receiptId": receiptId,
                "disposition": settlement.disposition.value,
                "exceptionKind": settlement.exception.value if settlement.exception else None,
                "detail": settlement.detail,
                "shard": receiptId.int % CLEARING_SHARDS,
                "at": at,
            },
        )
        self._session.expire_all()


def _fundedPayment(row: RowMapping) -> FundedPayment | None:
    if row["payment_id"] is None:
        return None
    closedAt: datetime | None = row["payment_closed_at"]
    return FundedPayment(
        paymentId=row["payment_id"],
        ownerId=row["owner_id"],
        status=PaymentStatus(row["payment_status"]),
        amountMinor=row["payment_amount_minor"],
        receivedMinor=row["payment_received_minor"],
        expiresAt=row["payment_expires_at"].astimezone(UTC),
        closedAt=closedAt.astimezone(UTC) if closedAt else None,
    )
