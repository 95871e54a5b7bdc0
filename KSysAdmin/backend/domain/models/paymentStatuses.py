"""The states of money and the one table of legal moves between them. A database trigger refuses the rest."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PaymentStatus(StrEnum):
    """What the merchant is told. `unknown`: the bank has not said whether the instrument exists."""

    UNKNOWN = "unknown"
    AWAITING_PAYMENT = "awaitingPayment"
    PARTIALLY_FUNDED = "partiallyFunded"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PaymentMethod(StrEnum):
    BRIVA = "briva"
    QRIS = "qris"


class AttemptState(StrEnum):
    """One instrument offered to the payer, as far as we know what the bank did with it."""

    CREATED = "created"
    SENT = "sent"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PAID = "paid"
    EXPIRED = "expired"
    CLOSED = "closed"


PAYMENT_MOVES: Final[Mapping[PaymentStatus, frozenset[PaymentStatus]]] = {
    PaymentStatus.UNKNOWN: frozenset(
        {
            PaymentStatus.AWAITING_PAYMENT,
            PaymentStatus.PARTIALLY_FUNDED,
            PaymentStatus.PAID,
            PaymentStatus.EXPIRED,
            PaymentStatus.FAILED,
        }
    ),
    PaymentStatus.AWAITING_PAYMENT: frozenset(
        {PaymentStatus.PARTIALLY_FUNDED, PaymentStatus.PAID, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}
    ),
    PaymentStatus.PARTIALLY_FUNDED: frozenset({PaymentStatus.PAID, PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}),
    PaymentStatus.EXPIRED: frozenset({PaymentStatus.PARTIALLY_FUNDED, PaymentStatus.PAID}),
    PaymentStatus.CANCELLED: frozenset({PaymentStatus.PARTIALLY_FUNDED, PaymentStatus.PAID}),
    PaymentStatus.FAILED: frozenset(),
    PaymentStatus.PAID: frozenset(),
}
"""Money facts beat clock facts (expired → paid); nothing leads away from paid."""

ATTEMPT_MOVES: Final[Mapping[AttemptState, frozenset[AttemptState]]] = {
    AttemptState.CREATED: frozenset({AttemptState.SENT}),
    AttemptState.SENT: frozenset({AttemptState.ACCEPTED, AttemptState.REJECTED, AttemptState.UNKNOWN}),
    AttemptState.UNKNOWN: frozenset({AttemptState.ACCEPTED, AttemptState.REJECTED}),
    AttemptState.ACCEPTED: frozenset({AttemptState.PAID, AttemptState.EXPIRED, AttemptState.CLOSED}),
    AttemptState.REJECTED: frozenset(),
    AttemptState.PAID: frozenset(),
    AttemptState.EXPIRED: frozenset(),
    AttemptState.CLOSED: frozenset(),
}
