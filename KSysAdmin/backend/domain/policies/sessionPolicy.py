from __future__ import annotations

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class AdminSessionPolicy(ValueObject):
    """How long an administrator stays signed in: without a request, and at most."""

    idleMinutes: int = Field(default=15, ge=1, le=60)
    absoluteHours: int = Field(default=12, ge=1, le=24)
