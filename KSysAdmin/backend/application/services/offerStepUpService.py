from __future__ import annotations

from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.webAuthnJson import RequestOptionsJson


class OfferStepUpService:
    """What a browser asks for one of the own passkeys with, to show again in this session that it is you."""

    def __init__(self, openWork: OpenAdminWork, desk: PasskeyDesk, clock: ClockInterface) -> None:
        self._openWork, self._desk, self._clock = openWork, desk, clock

    async def execute(self, actor: AdminActor) -> RequestOptionsJson:
        async with self._openWork() as work:
            options = await self._desk.offer(work, actor.administratorId, actor.sessionId, self._clock.now())
            await work.commit()
        return options
