from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Self

from pydantic import Field

from KSysPayment.backend.domain.exceptions.paymentErrors import AmountInvalidError
from shared.backend.utils.valueObject import ValueObject

EXPONENTS: Final[Mapping[str, int]] = {"IDR": 2}
MAX_WHOLE_DIGITS: Final = 13
MOST_TOLERATED_DIGITS: Final = 20
_PLAIN_DECIMAL: Final = re.compile(r"\d{1,16}(\.\d{1,4})?", re.ASCII)
_TOLERATED_TEXT: Final = re.compile(r" *\d{1,16}(\.\d{1,2})? *", re.ASCII)


class Money(ValueObject):
    """Whole minor units of one ISO 4217 currency; text on the wire, an integer in the books, never a float."""

    minorUnits: int
    currency: str = Field(min_length=3, max_length=3)

    @classmethod
    def parse(cls, value: str, currency: str) -> Self:
        """The amount in this decimal text. Excess digits, signs, exponents and unknown currencies are refused."""
        exponent = EXPONENTS.get(currency)
        if exponent is None:
            raise AmountInvalidError("the currency is not supported", field="amount.currency")
        if not _PLAIN_DECIMAL.fullmatch(value):
            raise AmountInvalidError("the amount is not a plain decimal number", field="amount.value")
        minor = Decimal(value).scaleb(exponent)
        if minor != minor.to_integral_value():
            raise AmountInvalidError("the amount has more digits than its currency", field="amount.value")
        if minor >= Decimal(10).scaleb(MAX_WHOLE_DIGITS + exponent - 1):
            raise AmountInvalidError("the amount is too large", field="amount.value")
        return cls(minorUnits=int(minor), currency=currency)

    @classmethod
    def parseTolerantly(cls, value: str | int | Decimal, currency: str) -> Self:
        """
        As the bank may write it: with or without decimals, text or number.

        Three digits after a point are refused in a text: to an Indonesian "150.000" is a hundred and fifty thousand.
        """
        if isinstance(value, str):
            return cls.parse(_tolerated(value), currency)
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > MOST_TOLERATED_DIGITS:
            raise AmountInvalidError("the amount is not a number of rupiah")
        return cls.parse(f"{number:f}", currency)

    @property
    def text(self) -> str:
        """The decimal text of the wire, always with the currency's digits: `150000.00`."""
        exponent = EXPONENTS[self.currency]
        whole, fraction = divmod(abs(self.minorUnits), self._unit)
        sign = "-" if self.minorUnits < 0 else ""
        return f"{sign}{whole}.{fraction:0{exponent}d}"

    @property
    def hasFraction(self) -> bool:
        return self.minorUnits % self._unit != 0

    @property
    def _unit(self) -> int:
        """Minor units in one whole unit."""
        return int("1".ljust(EXPONENTS[self.currency] + 1, "0"))

    def plus(self, other: Money) -> Money:
        self._ensureSameCurrency(other)
        return Money(minorUnits=self.minorUnits + other.minorUnits, currency=self.currency)

    def minus(self, other: Money) -> Money:
        self._ensureSameCurrency(other)
        return Money(minorUnits=self.minorUnits - other.minorUnits, currency=self.currency)

    def negated(self) -> Money:
        return Money(minorUnits=-self.minorUnits, currency=self.currency)

    def isMoreThan(self, other: Money) -> bool:
        self._ensureSameCurrency(other)
        return self.minorUnits > other.minorUnits

    def _ensureSameCurrency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise AmountInvalidError("amounts of two currencies are not added or compared")


def _tolerated(text: str) -> str:
    if not _TOLERATED_TEXT.fullmatch(text):
        raise AmountInvalidError("the amount is not a plain decimal number")
    return text.strip(" ")
