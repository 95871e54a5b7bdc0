from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from KSysAdmin.backend.domain.policies.rateLimitRule import PATH
from shared.backend.utils.valueObject import ValueObject

# The gateway plays it through one request after the other, on a worker that serves people too.
MOST_REQUESTS: Final = 100_000
LONGEST_SECONDS: Final = 86_400


def _toAddress(text: str) -> str:
    return str(ip_address(text))


class SimulatedCaller(ValueObject):
    """Who would send the requests; somebody unknown is only an address."""

    address: Annotated[str, AfterValidator(_toAddress)] = Field(
        min_length=2, max_length=45, pattern=r"^[0-9A-Fa-f:.]+$", examples=["203.0.113.7"]
    )
    user: UUID | None = None
    apiKey: UUID | None = None


class SimulatedTraffic(ValueObject):
    """Requests of one kind, evenly spaced."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = Field(examples=["POST"])
    path: str = Field(max_length=300, pattern=PATH, examples=["/api/auth/login"])
    caller: SimulatedCaller
    ratePerSecond: float = Field(gt=0, le=10_000, allow_inf_nan=False, examples=[2])
    seconds: int = Field(strict=True, ge=1, le=LONGEST_SECONDS, examples=[60])

    @model_validator(mode="after")
    def ensureFew(self) -> Self:
        if self.ratePerSecond * self.seconds > MOST_REQUESTS:
            raise ValueError(f"rate and time together make more than {MOST_REQUESTS} requests")
        return self
