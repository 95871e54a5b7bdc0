"""One call between bank and merchant, as the bank saw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Who called whom."""

    MERCHANT_TO_BRI = "merchantToBri"
    BRI_TO_MERCHANT = "briToMerchant"


class Verdict(StrEnum):
    """What became of the call: business done or refused, no answer given or got, or not yet over."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass
class Exchange:
    """Opened before anything is done about the call, completed when it ended."""

    direction: Direction
    operation: str
    method: str
    url: str
    requestHeaders: Mapping[str, str]
    requestBody: str
    at: datetime
    id: int = 0
    status: int | None = None
    responseHeaders: Mapping[str, str] = field(default_factory=dict)
    responseBody: str | None = None
    verdict: Verdict = Verdict.PENDING
    reason: str = ""
    stringToSign: str | None = None
    fault: str | None = None
    durationMs: float | None = None
