from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.profileOutput import ProfileOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from shared.backend.utils.clock import ClockInterface


class GetProfileService:
    """Shows a person the own account."""

    def __init__(self, openWork: OpenAuthWork, personal: PersonalSealerInterface, clock: ClockInterface) -> None:
        self._openWork, self._personal, self._clock = openWork, personal, clock

    async def execute(self, identity: IdentityDTO) -> ProfileOutput:
        async with self._openWork() as work:
            user = await work.users.get(identity.userId)
            factors = await work.users.secondFactorsOf(user.id)
            change = await work.emailChanges.findOpen(user.id, self._clock.now())
            key = None if change is None else await work.userKeys.find(user.id)
        pendingEmail = None if change is None or key is None else change.newEmail(key, self._personal)
        return ProfileOutput.fromUser(user, factors, pendingEmail)
