from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from KSysPayment.backend.domain.exceptions.paymentErrors import (
    AmountInvalidError,
    PaymentMoveRefusedError,
    PaymentNotCancellableError,
)
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.statuses import (
    ATTEMPT_MOVES,
    PAYMENT_MOVES,
    AttemptState,
    PaymentMethod,
    PaymentStatus,
)
from shared.backend.utils.uuid import generateId

AT = datetime(2026, 11, 21, 10, tzinfo=UTC)


def aPayment(amount: int = 150_000_00) -> Payment:
    return Payment.open(
        ownerId=generateId(),
        reference="ORDER-1",
        amount=Money(minorUnits=amount, currency="IDR"),
        method=PaymentMethod.BRIVA,
        checkoutToken="t" * 43,
        at=AT,
        expiresAt=AT + timedelta(days=1),
    )


def testEveryStateHasItsMoves() -> None:
    assert set(PAYMENT_MOVES) == set(PaymentStatus)
    assert set(ATTEMPT_MOVES) == set(AttemptState)


def testNothingLeadsAwayFromPaid() -> None:
    assert PAYMENT_MOVES[PaymentStatus.PAID] == frozenset()
    assert ATTEMPT_MOVES[AttemptState.PAID] == frozenset()


@given(st.lists(st.sampled_from(["awaitMoney", "fail", "expire", "cancel"]), max_size=12))
def testNoOrderOfCallsLeavesTheTableOfMoves(calls: list[str]) -> None:
    payment = aPayment()
    for call in calls:
        before = payment.status
        with suppress(PaymentMoveRefusedError, PaymentNotCancellableError):
            getattr(payment, call)(AT)
        assert payment.status is before or payment.status in PAYMENT_MOVES[before]


def testPaymentBeginsUnknown() -> None:
    assert aPayment().status is PaymentStatus.UNKNOWN


@pytest.mark.parametrize("amount", [0, -100, 150_000_50])
def testOnlyWholeRupiahAboveZeroAreAskedFor(amount: int) -> None:
    with pytest.raises(AmountInvalidError):
        aPayment(amount)


def testUnresolvedPaymentIsNotCancelled() -> None:
    with pytest.raises(PaymentNotCancellableError):
        aPayment().cancel(AT)
