"""What is known of the partner beside its settings: Online accounts, its base URL, the clock a test has set."""

from __future__ import annotations

from KSysPayment.simulator.state.database import StateDatabase


class PartnerRepository:
    """Few facts that a control call may change and a restart must keep."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def registerOnline(self, digits: str) -> None:
        """From now on the merchant is asked about this number."""
        self._database.execute("INSERT OR IGNORE INTO online_account (digits) VALUES (?)", digits)

    def isOnline(self, digits: str) -> bool:
        """Whether the merchant hosts this number."""
        return self._database.firstRow("SELECT 1 FROM online_account WHERE digits = ?", digits) is not None

    def listOnline(self) -> list[str]:
        """All numbers the merchant hosts."""
        return [row["digits"] for row in self._database.rows("SELECT digits FROM online_account ORDER BY digits")]

    def setMerchantBaseUrl(self, baseUrl: str) -> None:
        """Call the merchant elsewhere than the settings say."""
        self._database.execute("UPDATE merchant SET base_url = ?", baseUrl)

    def merchantBaseUrl(self) -> str | None:
        """Where a control call has moved the merchant to, if any did."""
        row = self._database.firstRow("SELECT base_url FROM merchant")
        return row["base_url"] if row is not None else None

    def setClockOffset(self, seconds: float) -> None:
        """Keep the clock's offset."""
        self._database.execute("UPDATE merchant SET clock_offset_seconds = ?", seconds)

    def clockOffset(self) -> float:
        """The kept offset."""
        row = self._database.firstRow("SELECT clock_offset_seconds FROM merchant")
        return float(row["clock_offset_seconds"]) if row is not None else 0.0
