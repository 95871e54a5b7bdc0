"""Request numbers already used, per partner and Jakarta day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from KSysPayment.simulator.state.database import StateDatabase

KEPT_DAYS: Final = 7


class ExternalIdRepository:
    """Remembers X-EXTERNAL-ID across all services of a partner."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def claim(self, partnerId: str, day: str, externalId: str) -> bool:
        """Take a number for the day; False when it was taken before. Days long gone are forgotten."""
        self._database.execute("DELETE FROM external_id WHERE day < ?", forgottenBefore(day))
        taken = self._database.execute(
            "INSERT OR IGNORE INTO external_id (partner_id, day, external_id) VALUES (?, ?, ?)",
            partnerId,
            day,
            externalId,
        )
        return taken == 1


def forgottenBefore(day: str) -> str:
    """The first day whose numbers are still kept."""
    return (date.fromisoformat(day) - timedelta(days=KEPT_DAYS)).isoformat()
