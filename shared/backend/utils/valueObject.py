from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ValueObject(BaseModel):
    """Equal when its fields are equal, never changed after it was made, nothing unknown inside."""

    model_config = ConfigDict(frozen=True, extra="forbid")
