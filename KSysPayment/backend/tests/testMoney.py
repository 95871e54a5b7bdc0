from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from KSysPayment.backend.domain.exceptions.paymentErrors import AmountInvalidError
from KSysPayment.backend.domain.models.money import Money

minorUnits = st.integers(min_value=0, max_value=10**15 - 1)


def rupiah(minor: int) -> Money:
    return Money(minorUnits=minor, currency="IDR")


@given(minorUnits)
def testTextAndBackIsTheSameMoney(minor: int) -> None:
    assert Money.parse(rupiah(minor).text, "IDR") == rupiah(minor)


@given(minorUnits)
def testTextIsTheDecimalOfTheMinorUnits(minor: int) -> None:
    assert Decimal(rupiah(minor).text) == Decimal(minor) / 100
    assert rupiah(minor).text[-3] == "."


@given(minorUnits, minorUnits)
def testAddingThenTakingAwayLeavesWhatWas(left: int, right: int) -> None:
    assert rupiah(left).plus(rupiah(right)).minus(rupiah(right)) == rupiah(left)


@given(st.text(max_size=30))
def testAnythingElseIsRefusedAndNothingElseIsRaised(text: str) -> None:
    try:
        money = Money.parse(text, "IDR")
    except AmountInvalidError:
        return
    assert Decimal(money.text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", "-1.00", "+1", "1e3", "1,000.00", "1.001", " 1.00", "1.", ".5", "NaN", "Infinity", "12345678901234", "\u0661"],
)
def testOddAmountsAreRefused(text: str) -> None:
    with pytest.raises(AmountInvalidError):
        Money.parse(text, "IDR")


@pytest.mark.parametrize(
    ("value", "minor"),
    [
        ("10000", 1_000_000),
        ("200000.2", 20_000_020),
        (12345, 1_234_500),
        (Decimal("12345.00"), 1_234_500),
        (" 5.00 ", 500),
    ],
)
def testTheBanksSpellingsAreRead(value: str | int | Decimal, minor: int) -> None:
    assert Money.parseTolerantly(value, "IDR") == rupiah(minor)


@pytest.mark.parametrize(
    "value",
    [
        "NaN", "Infinity", "abc", "", "-5.00", Decimal("1E+30"), Decimal("1E+999999999"), Decimal("1E-999999999"),
        "1e5", "1E+5", "+150000.00", "150_000.00", "0x10", "\u0661\u0665\u0660", "150,000.00", "150.000", "150000.000",
        "1 000.00", "12345678901234.00", -1, 10**4000,
    ],
)  # fmt: skip
def testWhatIsNoAmountIsNotRead(value: str | Decimal) -> None:
    with pytest.raises(AmountInvalidError):
        Money.parseTolerantly(value, "IDR")


def testUnknownCurrencyIsRefused() -> None:
    with pytest.raises(AmountInvalidError):
        Money.parse("1.00", "XXX")


def testNegativeBalanceHasItsSignInFront() -> None:
    assert rupiah(-5).text == "-0.05"
    assert rupiah(-150_000_00).negated().text == "150000.00"
