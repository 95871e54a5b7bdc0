from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.receipt import Disposition
from KSysPayment.backend.domain.models.statuses import PaymentStatus
from KSysPayment.backend.domain.models.virtualAccountNumber import VirtualAccountNumber, normaliseAccountNo
from KSysPayment.backend.domain.policies.checkPolicy import CheckPolicy
from KSysPayment.backend.domain.policies.jakartaCalendar import JAKARTA, jakartaDay, splitByJakartaDay
from KSysPayment.backend.domain.policies.receiptPolicy import FundedPayment, ReceiptPolicy
from shared.backend.utils.uuid import generateId

EXPIRES = datetime(2026, 11, 21, 10, tzinfo=UTC)
moments = st.integers(0, 4 * 365 * 86_400).map(lambda seconds: EXPIRES + timedelta(seconds=seconds))


def aFundedPayment(status: PaymentStatus, received: int = 0, closedAt: datetime | None = None) -> FundedPayment:
    return FundedPayment(
        paymentId=generateId(),
        ownerId=generateId(),
        status=status,
        amountMinor=1000,
        receivedMinor=received,
        expiresAt=EXPIRES,
        closedAt=closedAt,
    )


@pytest.mark.parametrize("status", [PaymentStatus.AWAITING_PAYMENT, PaymentStatus.UNKNOWN])
def testTheRightAmountIsApplied(status: PaymentStatus) -> None:
    decided = ReceiptPolicy().decide(aFundedPayment(status), 1000, None)
    assert (decided.disposition, decided.exception) == (Disposition.APPLIED, None)


@pytest.mark.parametrize(
    ("payment", "amount", "kind"),
    [
        (None, 1000, ExceptionKind.UNKNOWN_ACCOUNT),
        (aFundedPayment(PaymentStatus.AWAITING_PAYMENT), 999, ExceptionKind.AMOUNT_DIFFERS),
        (aFundedPayment(PaymentStatus.PAID, received=1000), 1000, ExceptionKind.PAID_TWICE),
        (aFundedPayment(PaymentStatus.EXPIRED), 1000, ExceptionKind.LATE_MONEY),
        (aFundedPayment(PaymentStatus.CANCELLED), 1000, ExceptionKind.LATE_MONEY),
        (aFundedPayment(PaymentStatus.FAILED), 1000, ExceptionKind.LATE_MONEY),
    ],
)
def testOddMoneyIsPutAsideWithAReason(payment: FundedPayment | None, amount: int, kind: ExceptionKind) -> None:
    decided = ReceiptPolicy().decide(payment, amount, None)
    assert (decided.disposition, decided.exception) == (Disposition.UNAPPLIED, kind)


def testMoneyPaidInTimeButHeardOfLateIsApplied() -> None:
    expired = aFundedPayment(PaymentStatus.EXPIRED, closedAt=EXPIRES + timedelta(minutes=1))
    assert ReceiptPolicy().decide(expired, 1000, EXPIRES).disposition is Disposition.APPLIED
    late = ReceiptPolicy().decide(expired, 1000, EXPIRES + timedelta(seconds=1))
    assert late.disposition is Disposition.UNAPPLIED


def testMoneyAfterACancellationIsLateEvenBeforeTheExpiry() -> None:
    cancelled = aFundedPayment(PaymentStatus.CANCELLED, closedAt=EXPIRES - timedelta(hours=1))
    decided = ReceiptPolicy().decide(cancelled, 1000, EXPIRES - timedelta(minutes=30))
    assert decided.exception is ExceptionKind.LATE_MONEY


def testLateMoneyMayBeAppliedByPolicy() -> None:
    decided = ReceiptPolicy(lateMoney="apply").decide(aFundedPayment(PaymentStatus.EXPIRED), 1000, None)
    assert decided.disposition is Disposition.APPLIED


@given(moments, st.integers(0, 40 * 86_400))
def testThePiecesOfASpanStayInsideOneJakartaDayAndLeaveNoMinuteOut(since: datetime, seconds: int) -> None:
    until = since + timedelta(seconds=seconds)
    pieces = splitByJakartaDay(since, until)
    for start, end in pieces:
        assert jakartaDay(start) == jakartaDay(end)
        assert start <= end
    assert not pieces or (pieces[0][0] == since and pieces[-1][1] <= until)
    for (_, before), (after, _) in itertools.pairwise(pieces):
        assert after.replace(second=0, microsecond=0) - before.replace(second=0, microsecond=0) <= timedelta(minutes=1)


def testTheBanksDayBeginsAtSeventeenHoursUtc() -> None:
    assert jakartaDay(datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert jakartaDay(datetime(2026, 11, 30, 17, 0, 0, tzinfo=UTC)) == date(2026, 12, 1)
    assert EXPIRES.astimezone(JAKARTA).utcoffset() == timedelta(hours=7)


@given(moments, st.integers(0, 86_400), st.integers(60, 31 * 86_400))
def testTheNextLookIsAlwaysAheadAndNeverMissesTheExpiry(created: datetime, age: int, lifetime: int) -> None:
    policy = CheckPolicy()
    at, expires = created + timedelta(seconds=age), created + timedelta(seconds=lifetime)
    nextAt = policy.afterUnpaid(created, expires, at)
    assert nextAt > at
    assert not (at < policy.closesAt(expires) < nextAt)


def testAYoungAccountIsLookedAtWithinTheTwoMinutesPromised() -> None:
    policy = CheckPolicy()
    at = policy.afterAccepted(EXPIRES)
    assert at - EXPIRES <= timedelta(seconds=20)
    assert policy.afterUnpaid(EXPIRES, EXPIRES + timedelta(days=1), at) - at <= timedelta(seconds=30)


def testAccountNumberKeepsItsSpacesForTheBankAndDropsThemForThePayer() -> None:
    number = VirtualAccountNumber.of("22084", "2026011500001")
    assert number.padded == "   220842026011500001"
    assert number.digits == "220842026011500001"
    assert normaliseAccountNo("          220842026011500001") == number.digits
    assert normaliseAccountNo("0000000000220842026011500001") == number.digits


def testDrawnNumbersFitTheBanksFields() -> None:
    drawn = {VirtualAccountNumber.draw("22084").digits for _ in range(200)}
    assert len(drawn) == 200
    assert {len(digits) for digits in drawn} == {18}
