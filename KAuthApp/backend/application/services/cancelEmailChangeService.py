from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from shared.backend.utils.clock import ClockInterface


class CancelEmailChangeService:
    """Ends a change of address that waits for its codes. When none waits there is nothing to do."""

    def __init__(self, openWork: OpenAuthWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, identity: IdentityDTO) -> None:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await lockCaller(work, identity, now)
            change = await work.emailChanges.findOpen(user.id, now)
            if change is None:
                return
            await work.emailChanges.voidOpen(user.id, now)
            await work.codes.voidAll(user.id, now)
            entry = byUser(user.id, "auth.emailChangeCancelled", now, after={"changeId": str(change.id)})
            await work.audit.append(entry)
            await work.commit()
