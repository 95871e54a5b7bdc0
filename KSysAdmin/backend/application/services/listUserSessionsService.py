from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.userOutput import UserSessionOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.paging import Page, PageInput


class ListUserSessionsService:
    """The sessions of one user that are live now, newest first."""

    def __init__(self, openWork: OpenAdminWork, personal: PersonalOpenerInterface, clock: ClockInterface) -> None:
        self._openWork, self._personal, self._clock = openWork, personal, clock

    async def execute(self, userId: UUID, page: PageInput) -> Page[UserSessionOutput]:
        async with self._openWork() as work:
            await work.users.get(userId)
            live = await work.users.liveSessionsPage(userId, self._clock.now(), page)
            key = (await work.userKeys.keysOf([userId])).get(userId)
        shown = [UserSessionOutput.of(session, key, self._personal) for session in live.items]
        return Page[UserSessionOutput](items=shown, nextCursor=live.nextCursor)
