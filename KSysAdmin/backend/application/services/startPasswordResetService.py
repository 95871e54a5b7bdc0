from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.dto.outboxMessages import MAIL_TOPIC, PasswordResetMailDTO
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class StartPasswordResetService:
    """Has a reset code mailed to the user. An administrator starts a reset and never sees or chooses a password."""

    def __init__(self, openWork: OpenAdminWork, keeper: SecretKeeperInterface, clock: ClockInterface) -> None:
        self._openWork, self._keeper, self._clock = openWork, keeper, clock

    async def execute(self, userId: UUID, actor: AdminActor) -> None:
        async with self._openWork() as work:
            user = await work.users.get(userId)
            await work.outbox.add(MAIL_TOPIC, PasswordResetMailDTO.to(user.emailAsGiven, self._keeper))
            target = ("user", userId)
            change = changeBy(actor.administratorId, "user.passwordResetStarted", target, self._clock.now())
            await work.audit.append(change)
            await work.commit()
