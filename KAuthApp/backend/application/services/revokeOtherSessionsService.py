from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.userSession import Device, SessionEndReason
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class RevokeOtherSessionsService:
    """Ends every session of the person but the one that asks; asking again finishes what a lost Redis left undone.

    Every browser but this one is a stranger from then on.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        copies: SessionCopiesInterface,
        devices: DeviceMemory,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._copies, self._devices, self._clock = openWork, copies, devices, clock

    async def execute(self, identity: IdentityDTO, device: Device) -> None:
        now = self._clock.now()
        async with self._openWork() as work:
            await lockCaller(work, identity, now)
            await self._devices.forget(work, identity.userId, exceptDevice=device)
            ended = await work.sessions.endAll(
                identity.userId,
                SessionEndReason.REVOKED_BY_USER,
                now,
                latelySince=self._copies.oldest(now),
                exceptId=identity.sessionId,
            )
            if ended.now:
                await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload(ended.now))
                await work.audit.append(
                    byUser(identity.userId, "auth.otherSessionsRevoked", now, after={"ended": len(ended.now)})
                )
            await work.commit()

        await self._copies.endSessions(ended.all, now)
        await self._copies.renew(identity.sessionId, None, now)  # its copies may be about a secret it has given up
        logger.security.info("auth.otherSessionsRevoked", userId=str(identity.userId), ended=len(ended.now))
