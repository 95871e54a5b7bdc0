from __future__ import annotations

from datetime import datetime
from typing import Literal

from KSysPayment.backend.domain.models.payment import Payment
from shared.backend.database.auditTrail import AuditEntry


def auditOf(
    payment: Payment, action: str, actorKind: Literal["user", "system"], actorId: str, before: str | None, at: datetime
) -> AuditEntry:
    """One change of a payment for the audit chain: the states, no personal data."""
    return AuditEntry(
        occurredAt=at,
        actorKind=actorKind,
        actorId=actorId,
        action=action,
        targetKind="payment",
        targetId=str(payment.id),
        before=None if before is None else {"status": before},
        after={"status": payment.status.value, "amount": payment.amount.text, "currency": payment.currency},
    )
