from __future__ import annotations

from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.webAuthnJson import CreationOptionsJson


class StartPasskeyRegistrationService:
    """What a signed-in administrator's browser makes another passkey with."""

    def __init__(self, openWork: OpenAdminWork, desk: PasskeyDesk, clock: ClockInterface) -> None:
        self._openWork, self._desk, self._clock = openWork, desk, clock

    async def execute(self, actor: AdminActor) -> CreationOptionsJson:
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(actor.administratorId)
            options = await self._desk.offerRegistration(work, administrator, actor.sessionId, self._clock.now())
            await work.commit()
        return options
