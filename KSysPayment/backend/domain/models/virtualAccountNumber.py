from __future__ import annotations

import re
from secrets import randbelow
from typing import Final, Self

from pydantic import Field, model_validator

from shared.backend.utils.valueObject import ValueObject

SERVICE_ID_LENGTH: Final = 8
CUSTOMER_NO_DIGITS: Final = 13
LONGEST_TYPED: Final = 18
_PADDED_DIGITS: Final = re.compile(r" *\d+", re.ASCII)


class VirtualAccountNumber(ValueObject):
    """A BRIVA number: the company code padded to eight characters with spaces, then the customer's digits."""

    partnerServiceId: str = Field(min_length=SERVICE_ID_LENGTH, max_length=SERVICE_ID_LENGTH)
    customerNo: str = Field(pattern=r"^[0-9]{1,13}$")

    @model_validator(mode="after")
    def ensureLayout(self) -> Self:
        if not _PADDED_DIGITS.fullmatch(self.partnerServiceId):
            raise ValueError("the company code is digits, padded on the left with spaces")
        return self

    @classmethod
    def of(cls, companyCode: str, customerNo: str) -> Self:
        return cls(partnerServiceId=companyCode.strip().rjust(SERVICE_ID_LENGTH), customerNo=customerNo)

    @classmethod
    def draw(cls, companyCode: str) -> Self:
        """A number at random: nobody can guess the next one, and the database refuses one given before."""
        lowest = int("1".ljust(CUSTOMER_NO_DIGITS, "0"))
        return cls.of(companyCode, str(lowest + randbelow(lowest * 9)))

    @property
    def padded(self) -> str:
        """As the bank's fields want it, spaces included."""
        return self.partnerServiceId + self.customerNo

    @property
    def digits(self) -> str:
        """What the payer types, and the key under which we know the account."""
        return self.padded.replace(" ", "")


def normaliseAccountNo(text: str) -> str:
    """The digits of a number as the bank may write it: padded with spaces, or up to 28 places with zeros."""
    digits = text.replace(" ", "")
    return digits.lstrip("0") if len(digits) > LONGEST_TYPED else digits
