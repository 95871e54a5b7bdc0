"""What finally goes over the wire to the merchant."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from KSysPayment.simulator.snap.answers import SnapAnswer

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True)
class Reply:
    """Bytes to send; with `isHangUp` nothing is sent and the socket is closed."""

    status: int = 200
    body: bytes = b""
    contentType: str = JSON_TYPE
    isHangUp: bool = False


def toJson(value: JsonValue, indent: int | None = None) -> bytes:
    """JSON as the bank writes it: UTF-8 unescaped, no whitespace unless asked for."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(value, ensure_ascii=False, separators=separators, indent=indent).encode()


def replyOf(answer: SnapAnswer) -> Reply:
    """An answer without any fault."""
    return Reply(answer.status, toJson(answer.body))
