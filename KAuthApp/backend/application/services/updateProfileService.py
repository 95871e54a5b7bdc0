from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.updateProfileInput import UpdateProfileInput
from KAuthApp.backend.application.output.profileOutput import ProfileOutput
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from shared.backend.utils.clock import ClockInterface


class UpdateProfileService:
    """Changes name and language of the own account."""

    def __init__(self, openWork: OpenAuthWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, change: UpdateProfileInput, identity: IdentityDTO) -> ProfileOutput:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await lockCaller(work, identity, now)
            before = user.profileFacts
            factors = await work.users.secondFactorsOf(user.id)
            user.changeProfile(change.fullName, change.locale, now)
            entry = byUser(user.id, "auth.profileChanged", now, before=before, after=user.profileFacts)
            await work.audit.append(entry)
            await work.commit()

        return ProfileOutput.fromUser(user, factors)
