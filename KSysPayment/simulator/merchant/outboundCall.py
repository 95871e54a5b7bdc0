"""A call of the bank to the merchant, signed and ready, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from KSysPayment.simulator.snap.answers import JsonObject
from KSysPayment.simulator.state.fault import OrderedFault


@dataclass(frozen=True)
class OutboundCall:
    """Sent as it is, as often as wished: copies are the same to the byte."""

    operation: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    stringToSign: str
    ordered: OrderedFault | None = None


@dataclass(frozen=True)
class MerchantAnswer:
    """`status` is nothing when no answer came; `content` is empty when it was no JSON object."""

    status: int | None
    content: JsonObject
    reason: str = ""

    @property
    def responseCode(self) -> str:
        """The SNAP code, empty when there is none; BRI accepts it as a number too."""
        code = self.content.get("responseCode")
        return str(code) if isinstance(code, str | int) else ""
