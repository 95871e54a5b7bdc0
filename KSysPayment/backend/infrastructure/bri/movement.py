"""The parts of a movement of money as the bank names them: usable as they are kept, or not at all."""

from __future__ import annotations

from typing import Final

from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.virtualAccountNumber import normaliseAccountNo
from KSysPayment.backend.infrastructure.bri.jsonBody import Json, moneyOf

LONGEST_REFERENCE: Final = 128
LONGEST_ACCOUNT: Final = 28


def referenceOf(text: str) -> str:
    """The bank's reference without the spaces around it; "" for one that cannot be kept."""
    reference = text.strip()
    return reference if len(reference) <= LONGEST_REFERENCE and reference.isprintable() else ""


def accountOf(text: str) -> str:
    """The digits of an account; "" for anything else."""
    account = normaliseAccountNo(text)
    isNumber = account.isascii() and account.isdecimal()
    return account if isNumber and len(account) <= LONGEST_ACCOUNT else ""


def paidAmountOf(value: Json) -> Money | None:
    """An amount of more than nothing."""
    money = moneyOf(value)
    return money if money is not None and money.minorUnits > 0 else None
