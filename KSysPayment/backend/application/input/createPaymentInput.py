from __future__ import annotations

import hashlib
import json
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from KSysPayment.backend.domain.models.statuses import PaymentMethod
from shared.backend.utils.apiModel import InputModel

MAX_METADATA_KEYS: Final = 20
PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"

MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=PRINTABLE)]
MetadataValue = Annotated[str, StringConstraints(max_length=500, pattern=PRINTABLE)]


class MoneyInput(InputModel):
    """An amount as decimal text; a JSON number is refused."""

    value: str = Field(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$", examples=["150000.00"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["IDR"])


class CreatePaymentInput(InputModel):
    """What a merchant asks a payer for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reference": "ORDER-2026-0001",
                    "amount": {"value": "150000.00", "currency": "IDR"},
                    "method": "briva",
                    "description": "Order 0001",
                    "expiresInSeconds": 86400,
                }
            ]
        }
    )

    reference: str = Field(pattern=r"^[\x21-\x7e]{1,64}$", description="The merchant's own, unique per owner")
    amount: MoneyInput
    method: PaymentMethod
    description: str | None = Field(default=None, max_length=255, pattern=PRINTABLE)
    expiresInSeconds: int | None = Field(default=None, ge=60, le=31 * 86_400, description="A day when absent")
    metadata: dict[MetadataKey, MetadataValue] | None = Field(default=None, max_length=MAX_METADATA_KEYS)

    @model_validator(mode="after")
    def ensureReadable(self) -> Self:
        texts = [self.description or "", *(self.metadata or {}), *(self.metadata or {}).values()]
        if any("\ud800" <= character <= "\udfff" for text in texts for character in text):
            raise ValueError("the text is not valid Unicode")
        return self

    @property
    def fingerprint(self) -> str:
        """The same for the same request, whatever the order of its properties."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"POST /payments\n{canonical}".encode()).hexdigest()
