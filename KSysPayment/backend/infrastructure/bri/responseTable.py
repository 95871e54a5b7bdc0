"""What a response code of the bank means. Whatever is not on the list is `unknown`, never `rejected`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from KSysPayment.backend.domain.models.bankCall import CallOutcome

_CODE: Final = re.compile(r"\d{7}", re.ASCII)

_REFUSALS: Final[Mapping[str, frozenset[str]]] = {
    "400": frozenset({"00", "01", "02"}),
    "401": frozenset({"00", "02", "04"}),
    "403": frozenset({"00", "01", "02", "03", "04", "05", "06", "14", "15", "18", "19", "20", "23"}),
    "404": frozenset({"00", "01", "02", "03", "04", "08", "09", "11", "12", "13", "14", "16", "17", "19"}),
    "405": frozenset({"00", "01"}),
}

TOKEN_REFUSED: Final = frozenset({"40101", "40103"})
NOT_FOUND: Final = frozenset({"40401", "40412"})
ALREADY_PAID: Final = "40414"
EXPIRED: Final = "40419"
EXISTS_ALREADY: Final = "40901"
NUMBER_REUSED: Final = "40900"


def caseOf(responseCode: str) -> str:
    """HTTP status and case without the service in the middle: `4042712` → `40412`; "" when it is no such code."""
    return responseCode[:3] + responseCode[5:] if _CODE.fullmatch(responseCode) else ""


def isCoherent(httpStatus: int, responseCode: str, serviceCode: str) -> bool:
    """A code of the right service under the matching HTTP status; from any other nothing is concluded."""
    return (
        _CODE.fullmatch(responseCode) is not None
        and responseCode[:3] == str(httpStatus)
        and responseCode[3:5] == serviceCode
    )


def outcomeOf(httpStatus: int, responseCode: str, serviceCode: str) -> CallOutcome:
    """Only a listed code of the right service under the matching HTTP status is believed."""
    if not isCoherent(httpStatus, responseCode, serviceCode):
        return CallOutcome.UNKNOWN
    status, case = responseCode[:3], responseCode[5:]
    if (status, case) == ("200", "00"):
        return CallOutcome.OK
    return CallOutcome.REJECTED if case in _REFUSALS.get(status, frozenset()) else CallOutcome.UNKNOWN
