"""SNAP answers and refusals: seven-digit codes made of HTTP status, service code and case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]

MESSAGE_LIMIT: Final = 150


@dataclass(frozen=True)
class SnapCase:
    """One row of the standard's table of cases."""

    status: int
    case: str
    message: str

    def codeFor(self, serviceCode: str) -> str:
        """The response code of this case at one service."""
        return f"{self.status}{serviceCode}{self.case}"


SUCCESSFUL: Final = SnapCase(200, "00", "Successful")
BAD_REQUEST: Final = SnapCase(400, "00", "Bad Request")
INVALID_FORMAT: Final = SnapCase(400, "01", "Invalid Field Format")
INVALID_MANDATORY: Final = SnapCase(400, "02", "Invalid Mandatory Field")
UNAUTHORIZED: Final = SnapCase(401, "00", "Unauthorized.")
INVALID_TOKEN: Final = SnapCase(401, "01", "Invalid Token (B2B)")
FEATURE_NOT_ALLOWED: Final = SnapCase(403, "01", "Feature Not Allowed")
UNLISTED: Final = SnapCase(403, "98", "Outcome Not Classified")
TRANSACTION_NOT_FOUND: Final = SnapCase(404, "01", "Transaction Not Found")
INVALID_BILL: Final = SnapCase(404, "12", "Invalid Bill/Virtual Account")
PAID_BILL: Final = SnapCase(404, "14", "Paid Bill")
PARTNER_NOT_FOUND: Final = SnapCase(404, "16", "Partner Not Found")
EXPIRED_BILL: Final = SnapCase(404, "19", "Invalid Bill/Virtual Account")
FUNCTION_NOT_FOUND: Final = SnapCase(404, "00", "Requested Function Is Not Supported")
METHOD_NOT_SUPPORTED: Final = SnapCase(405, "00", "Requested Function Is Not Supported")
CONFLICT: Final = SnapCase(409, "00", "Conflict")
DUPLICATE_REFERENCE: Final = SnapCase(409, "01", "Duplicate")
GENERAL_ERROR: Final = SnapCase(500, "00", "General Error")


class SnapRefusedError(Exception):
    """The bank says no; `detail` follows the case's own words in the message."""

    def __init__(self, case: SnapCase, detail: str = "") -> None:
        super().__init__(f"{case.message} {detail}".strip())
        self.case = case


@dataclass(frozen=True)
class SnapAnswer:
    """What goes back to the caller, before any fault bends it."""

    status: int
    body: JsonObject

    @property
    def summary(self) -> str:
        """The code and message for the exchange log."""
        return f"{self.body.get('responseCode', self.status)} {self.body.get('responseMessage', '')}".strip()


def successOf(serviceCode: str, content: Mapping[str, JsonValue]) -> SnapAnswer:
    """A done transaction."""
    head: JsonObject = {"responseCode": SUCCESSFUL.codeFor(serviceCode), "responseMessage": SUCCESSFUL.message}
    return SnapAnswer(SUCCESSFUL.status, {**head, **content})


def refusalOf(serviceCode: str, refusal: SnapRefusedError) -> SnapAnswer:
    """A refused transaction."""
    return answerOf(serviceCode, refusal.case, str(refusal))


def answerOf(serviceCode: str, case: SnapCase, message: str | None = None) -> SnapAnswer:
    """Any answer that carries no content."""
    text = (case.message if message is None else message)[:MESSAGE_LIMIT]
    return SnapAnswer(case.status, {"responseCode": case.codeFor(serviceCode), "responseMessage": text})
