from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.policies.pressurePolicy import Pressure, PressurePolicy

READ_AGAIN_AFTER: Final = timedelta(milliseconds=250)


class PressureGauge:
    """How sign-ins from unknown devices go on the whole platform, read again when it may have changed."""

    def __init__(self, policy: PressurePolicy) -> None:
        self._policy = policy
        self._seen: tuple[datetime, Pressure, Pressure] | None = None

    async def read(self, work: AuthUnitOfWorkInterface, at: datetime) -> tuple[Pressure, Pressure]:
        """Lately, and today; what other processes counted may be a quarter of a second old."""
        if self._seen is None or abs(at - self._seen[0]) > READ_AGAIN_AFTER:
            self._seen = (at, *await work.pressure.read(self._policy, at))
        _, lately, today = self._seen
        return lately, today

    async def countFailure(self, work: AuthUnitOfWorkInterface, addressFailures: int, at: datetime) -> None:
        """Of an address that has failed so often before; the last statements before the commit."""
        self._seen = None
        if self._policy.counts(addressFailures):
            await work.pressure.press(1, 1, self._policy, at)

    async def takeBack(
        self, work: AuthUnitOfWorkInterface, mistakes: int, addressFailuresLeft: int, entries: int, at: datetime
    ) -> None:
        """Somebody's mistakes were no attack; `entries` people came in. Of one account one entry a day counts, and
        none that was not finished: else somebody's own sign-ins would hide what they do elsewhere.
        """
        counted = self._policy.takenBack(mistakes, addressFailuresLeft)
        if entries > 0 or counted > 0:
            await work.pressure.press(entries - counted, -counted, self._policy, at)
