from __future__ import annotations

import time
from decimal import Decimal

import pytest

from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.infrastructure.bri.jsonBody import moneyOf, readObject, textOf


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": [-Infinity]}',
        b'{"amount": "1.00", "amount": "2.00"}',
        b'{"deep": [{"amount": 1, "amount": 1}]}',
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def testABodyThatSaysTwoThingsOrNothingIsNotRead(raw: bytes) -> None:
    assert readObject(raw) is None


def testNumbersAreDecimals() -> None:
    content = readObject(b'{"a": 0.1, "b": 2002700, "c": 1e3}')
    assert content == {"a": Decimal("0.1"), "b": 2002700, "c": Decimal("1e3")}
    assert textOf(content, "b") == "2002700"


@pytest.mark.parametrize("raw", [b'{"a": 1e999999999}', b'{"a": 1e-999999999}', b'{"a": "1e999999999"}'])
def testAnAstronomicAmountCostsNothing(raw: bytes) -> None:
    startedAt = time.perf_counter()
    content = readObject(raw)
    assert content is not None
    assert moneyOf(content["a"]) is None
    assert textOf(content, "a") != ""
    assert time.perf_counter() - startedAt < 1


@pytest.mark.parametrize("value", ["150000.00", "150000", 150000, Decimal("150000.0"), {"value": "150000.00"}])
def testAnAmountIsReadAsItIsWritten(value: object) -> None:
    assert moneyOf(value) == Money(minorUnits=150_000_00, currency="IDR")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [True, None, [], "1e5", {"value": "1.00", "currency": "USD"}, {"currency": "IDR"}])
def testWhatIsNoAmountOfRupiahIsNotRead(value: object) -> None:
    assert moneyOf(value) is None  # type: ignore[arg-type]
