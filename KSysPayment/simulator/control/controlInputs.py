"""What the control interface takes, beside payments and faults."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class OnlineAccountInput(BaseModel):
    """A number the merchant hosts, without spaces."""

    model_config = ConfigDict(extra="forbid")

    digits: str = Field(pattern=r"^\d{6,18}$")


class ClockInput(BaseModel):
    """How far the bank's clock runs ahead of real time (negative: behind)."""

    model_config = ConfigDict(extra="forbid")

    offsetSeconds: float = Field(ge=-400 * 86400, le=400 * 86400)


class MerchantInput(BaseModel):
    """Where the bank shall call the merchant from now on."""

    model_config = ConfigDict(extra="forbid")

    baseUrl: str = Field(pattern=r"^https?://[^\s]+$")
