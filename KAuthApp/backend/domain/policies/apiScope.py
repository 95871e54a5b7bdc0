from __future__ import annotations

from enum import StrEnum


class ApiScope(StrEnum):
    """What an API key may be good for."""

    PROFILE_READ = "profile.read"
    PAYMENT_READ = "payment.read"
    PAYMENT_WRITE = "payment.write"
