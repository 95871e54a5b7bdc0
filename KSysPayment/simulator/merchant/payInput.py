"""What a payer does at a channel of the bank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

TERMINALS: Final[Mapping[str, str]] = {
    "teller": "1",
    "atm": "2",
    "internetbanking": "3",
    "sms": "4",
    "cms": "5",
    "edc": "6",
    "rtgs": "7",
    "other": "8",
    "api": "9",
}


class PayInput(BaseModel):
    """`channel` is a name or a number of BRI's list; `times` sends the notification so often in parallel."""

    model_config = ConfigDict(extra="forbid")

    amount: str = Field(pattern=r"^\d{1,13}\.\d{2}$", examples=["150000.00"])
    channel: str = "atm"
    times: int = Field(default=1, ge=1, le=200)
    force: bool = Field(default=False, description="pay although the account is unknown, paid, expired or deleted")

    @field_validator("channel")
    @classmethod
    def _ensureKnownChannel(cls, channel: str) -> str:
        if toTerminal(channel) not in TERMINALS.values():
            raise ValueError(f"one of {', '.join(TERMINALS)} or 00001 to 00009")
        return channel

    @property
    def terminalId(self) -> str:
        """The channel's number."""
        return toTerminal(self.channel)


def toTerminal(channel: str) -> str:
    """A channel's number, from its name or its code."""
    return TERMINALS.get(channel.lower(), channel.lstrip("0"))
