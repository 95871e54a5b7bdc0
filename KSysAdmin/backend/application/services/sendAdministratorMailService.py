from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from KSysAdmin.backend.application.dto.outboxMessages import AdministratorMailDTO
from KSysAdmin.backend.application.signIn.invitationMaker import makeInvitation
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import (
    AdministratorMailKind,
    AdministratorMailWriterInterface,
)
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.models.administrator import Administrator, AdministratorStatus
from KSysAdmin.backend.domain.policies.adminAudit import changeBySystem
from KSysAdmin.backend.domain.policies.signInRules import (
    BROWSER_LINK_LIFETIME,
    BROWSER_LINK_PAUSE,
    INVITATION_LIFETIME,
)
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")

LIFETIMES: Final[Mapping[AdministratorMailKind, timedelta]] = {
    AdministratorMailKind.INVITATION: INVITATION_LIFETIME,
    AdministratorMailKind.ACCESS_RESET: INVITATION_LIFETIME,
    AdministratorMailKind.BROWSER_LINK: BROWSER_LINK_LIFETIME,
}


class SendAdministratorMailService:
    """
    Sends an ordered mail to an administrator.

    A one-time link is made here: its text is in the mail and nowhere else. When the mail is not taken the link is
    void, and the next try makes another.
    """

    def __init__(
        self, openWork: OpenAdminWork, writer: AdministratorMailWriterInterface, clock: ClockInterface
    ) -> None:
        self._openWork, self._writer, self._clock = openWork, writer, clock

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        order = AdministratorMailDTO.model_validate(message)
        async with self._openWork() as work:
            administrator = await work.administrators.find(order.administratorId)
        if administrator is None:
            return
        if order.kind in LIFETIMES:
            await self._sendLink(order)
        else:
            await self._send(order, administrator, None)

    async def _sendLink(self, order: AdministratorMailDTO) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(order.administratorId)
            if not await self._isDue(work, order.kind, administrator, at):
                return
            token = await makeInvitation(work, administrator.id, at, LIFETIMES[order.kind])
            isForBrowser = order.kind is AdministratorMailKind.BROWSER_LINK
            action = "administrator.browserLinkMade" if isForBrowser else "administrator.invitationMade"
            await work.audit.append(changeBySystem(action, ("administrator", administrator.id), at))
            await work.commit()
        try:
            await self._send(order, administrator, token)
        except Exception:
            await self._void(administrator, at)
            raise

    async def _isDue(
        self, work: AdminUnitOfWorkInterface, kind: AdministratorMailKind, administrator: Administrator, at: datetime
    ) -> bool:
        """Whether what the link is good for is still to be done; a browser's is not mailed again and again."""
        if kind is not AdministratorMailKind.BROWSER_LINK:
            return administrator.status is AdministratorStatus.INVITED
        isMailed = await work.invitations.hasYoung(administrator.id, madeAfter=at - BROWSER_LINK_PAUSE)
        return administrator.canSignIn and not isMailed

    async def _send(self, order: AdministratorMailDTO, administrator: Administrator, token: str | None) -> None:
        await self._writer.send(order.kind, administrator, order.facts, token)
        logger.application.info("admin.mailSent", kind=order.kind.value, administratorId=str(administrator.id))

    async def _void(self, administrator: Administrator, at: datetime) -> None:
        async with self._openWork() as work:
            await work.invitations.voidAll(administrator.id, at)
            await work.commit()
