"""Faults a test may order, and which operation can show which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What goes wrong; the README says how each one looks. The last four are odd, not wrong: a caller must cope."""

    REPLY_LATE = "replyLate"
    DROP_BEFORE_PROCESSING = "dropBeforeProcessing"
    DROP_AFTER_PROCESSING = "dropAfterProcessing"
    ERROR_AFTER_PROCESSING = "errorAfterProcessing"
    UNLISTED_CODE = "unlistedCode"
    TOKEN_INVALID = "tokenInvalid"  # noqa: S105 -- the name of a fault
    WRONG_SIGNATURE = "wrongSignature"
    EMPTY_BODY = "emptyBody"
    HTML_BODY = "htmlBody"
    PRETTY_BODY = "prettyBody"
    AMOUNT_MISMATCH = "amountMismatch"
    LOST = "lost"
    DUPLICATE = "duplicate"
    LATE = "late"
    EXTRA_FIELDS = "extraFields"
    PLAIN_AMOUNTS = "plainAmounts"
    NUMERIC_CODE = "numericCode"
    HEADER_CASE = "headerCase"


ANY_OPERATION: Final = "*"
ANSWERS_WITH_AMOUNT: Final = frozenset({"createVa", "updateVa", "inquiryVa", "report"})
INBOUND_OPERATIONS: Final = (
    "accessToken",
    "createVa",
    "updateVa",
    "updateStatus",
    "inquiryVa",
    "inquiryStatus",
    "deleteVa",
    "report",
)
OUTBOUND_OPERATIONS: Final = ("notify", "vaInquiry", "vaPayment")

OUTBOUND_FAULTS: Final = frozenset(Fault) - {
    Fault.REPLY_LATE,
    Fault.ERROR_AFTER_PROCESSING,
    Fault.UNLISTED_CODE,
    Fault.NUMERIC_CODE,
}
AMOUNT_FAULTS: Final = frozenset({Fault.AMOUNT_MISMATCH, Fault.PLAIN_AMOUNTS})
INBOUND_FAULTS: Final = frozenset(Fault) - {Fault.HEADER_CASE}
POSSIBLE: Final[Mapping[str, frozenset[Fault]]] = {
    **{
        name: INBOUND_FAULTS if name in ANSWERS_WITH_AMOUNT else INBOUND_FAULTS - AMOUNT_FAULTS
        for name in INBOUND_OPERATIONS
    },
    **dict.fromkeys(OUTBOUND_OPERATIONS, OUTBOUND_FAULTS),
}


@dataclass(frozen=True)
class OrderedFault:
    """One fault waiting to happen, `times` more times."""

    operation: str
    fault: Fault
    times: int
    delaySeconds: float | None = None
    responseCode: str | None = None


def isPossible(operation: str, fault: Fault) -> bool:
    """Whether the operation exists and can show the fault; for `*`, whether any can."""
    if operation == ANY_OPERATION:
        return True
    return fault in POSSIBLE.get(operation, frozenset())
