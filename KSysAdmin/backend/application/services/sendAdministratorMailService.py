from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from KSysAdmin.backend.application.dto.outboxMessages import AdministratorMailDTO
from KSysAdmin.backend.application.signIn.invitationMaker import makeInvitation
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import (
    AdministratorMailKind,
    AdministratorMailWriterInterface,
)
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administrator import Administrator, AdministratorStatus
from KSysAdmin.backend.domain.policies.adminAudit import changeBySystem
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")

WITH_LINK: Final = frozenset({AdministratorMailKind.INVITATION, AdministratorMailKind.ACCESS_RESET})


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
        if order.kind in WITH_LINK:
            await self._sendLink(order)
            return
        async with self._openWork() as work:
            administrator = await work.administrators.find(order.administratorId)
        if administrator is not None:
            await self._send(order, administrator, None)

    async def _sendLink(self, order: AdministratorMailDTO) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(order.administratorId)
            if administrator.status is not AdministratorStatus.INVITED:
                return
            token = await makeInvitation(work, administrator.id, at)
            target = ("administrator", administrator.id)
            await work.audit.append(changeBySystem("administrator.invitationMade", target, at))
            await work.commit()
        try:
            await self._send(order, administrator, token)
        except Exception:
            await self._void(administrator, at)
            raise

    async def _send(self, order: AdministratorMailDTO, administrator: Administrator, token: str | None) -> None:
        await self._writer.send(order.kind, administrator, order.facts, token)
        logger.application.info("admin.mailSent", kind=order.kind.value, administratorId=str(administrator.id))

    async def _void(self, administrator: Administrator, at: datetime) -> None:
        async with self._openWork() as work:
            await work.invitations.voidAll(administrator.id, at)
            await work.commit()
