from __future__ import annotations

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.sessionOutput import SessionOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.paging import Page, PageInput


class ListSessionsService:
    """Shows where a person is signed in."""

    def __init__(self, openWork: OpenAuthWork, personal: PersonalSealerInterface, clock: ClockInterface) -> None:
        self._openWork, self._personal, self._clock = openWork, personal, clock

    async def execute(self, page: PageInput, identity: IdentityDTO) -> Page[SessionOutput]:
        async with self._openWork() as work:
            found = await work.sessions.listLive(identity.userId, self._clock.now(), page)
            key = await work.userKeys.find(identity.userId)
        items = [
            SessionOutput.fromSession(each, each.deviceKept(key, self._personal), identity.sessionId)
            for each in found.items
        ]
        return Page[SessionOutput](items=items, nextCursor=found.nextCursor)
