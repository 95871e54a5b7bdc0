from __future__ import annotations

from typing import Final

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.policies.refreshPolicy import RefreshPolicy
from shared.backend.utils.clock import ClockInterface

_BATCH: Final = 500


class ForgetSuccessorsService:
    """Drops sealed refresh tokens nobody may be given again."""

    def __init__(self, openWork: OpenAuthWork, policy: RefreshPolicy, clock: ClockInterface) -> None:
        self._openWork, self._policy, self._clock = openWork, policy, clock

    async def execute(self) -> int:
        async with self._openWork() as work:
            usedBefore = self._policy.forgottenBefore(self._clock.now())
            forgotten = await work.refreshTokens.forgetSuccessorsOf(usedBefore, _BATCH)
            await work.commit()
        return forgotten
