from __future__ import annotations

from KSysAdmin.backend.application.input.administratorInput import ChangeOwnAccountInput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class ChangeOwnAccountService:
    """The language of the mails an administrator gets."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, asked: ChangeOwnAccountInput, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(actor.administratorId)
            if administrator.locale == asked.locale:
                return
            before, after = {"locale": str(administrator.locale.value)}, {"locale": str(asked.locale.value)}
            administrator.locale, administrator.updatedAt = asked.locale, at
            target = ("administrator", administrator.id)
            change = changeBy(administrator.id, "administrator.accountChanged", target, at, before, after)
            await work.audit.append(change)
            await work.commit()
