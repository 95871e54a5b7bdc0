from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.sessionOutput import SessionListOutput, SessionOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from shared.backend.utils.clock import ClockInterface


class ListSessionsService:
    """Shows where a person is signed in."""

    def __init__(self, openWork: OpenAuthWork, personal: PersonalSealerInterface, clock: ClockInterface) -> None:
        self._openWork, self._personal, self._clock = openWork, personal, clock

    async def execute(self, identity: IdentityDTO) -> SessionListOutput:
        async with self._openWork() as work:
            sessions = await work.sessions.listLive(identity.userId, self._clock.now())
            key = await work.userKeys.find(identity.userId)
        return SessionListOutput(
            items=[
                SessionOutput.fromSession(each, each.deviceKept(key, self._personal), identity.sessionId)
                for each in sessions
            ]
        )
