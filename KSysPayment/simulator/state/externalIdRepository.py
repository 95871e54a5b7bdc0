"""Request numbers already used, per partner and Jakarta day."""

from __future__ import annotations

from KSysPayment.simulator.state.database import StateDatabase


class ExternalIdRepository:
    """Remembers X-EXTERNAL-ID across all services of a partner."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def claim(self, partnerId: str, day: str, externalId: str) -> bool:
        """Take a number for the day; False when it was taken before."""
        taken = self._database.execute(
            "INSERT OR IGNORE INTO external_id (partner_id, day, external_id) VALUES (?, ?, ?)",
            partnerId,
            day,
            externalId,
        )
        return taken == 1
