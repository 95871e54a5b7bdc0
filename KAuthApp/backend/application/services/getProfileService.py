from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.profileOutput import ProfileOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork


class GetProfileService:
    """Shows a person the own account."""

    def __init__(self, openWork: OpenAuthWork) -> None:
        self._openWork = openWork

    async def execute(self, identity: IdentityDTO) -> ProfileOutput:
        async with self._openWork() as work:
            user = await work.users.get(identity.userId)
            return ProfileOutput.fromUser(user, await work.users.secondFactorsOf(user.id))
