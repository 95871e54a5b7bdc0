from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.application.dto.accountErasedDTO import ACCOUNT_ERASED_TOPIC, AccountErasedDTO
from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class EraseAccountService:
    """Erases a person: the account, its key, and what every service stores. When it returns no credential is accepted.

    The books and the audit keep the bare id. What was sealed with the key is unreadable from now on, wherever a copy
    of it lies.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        sealer: SecretSealerInterface,
        secrets: SecretMakerInterface,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._sealer, self._secrets, self._copies = openWork, sealer, secrets, copies
        self._clock = clock

    async def execute(self, identity: IdentityDTO) -> None:
        now = self._clock.now()
        registration = await self._registrationOf(identity)
        async with self._openWork() as work:
            await work.shadows.lock(registration)  # before the account, as whoever registers its address does
            user = await lockCaller(work, identity, now)
            credentials = await self._credentialsOf(work, user.id, now)
            await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload(credentials))
            await work.outbox.add(ACCOUNT_ERASED_TOPIC, AccountErasedDTO.order(user, self._sealer, now))
            await work.personalData.erase(user.id)
            await work.audit.append(byUser(identity.userId, "auth.accountErased", now))
            await work.commit()

        await self._copies.endSessions(credentials, now)
        logger.security.info("auth.accountErased", userId=str(identity.userId), ended=len(credentials))

    async def _registrationOf(self, identity: IdentityDTO) -> str:
        """Under what the latest registration of this person's address is noted."""
        async with self._openWork() as work:
            user = await work.users.get(identity.userId)
        return self._secrets.registrationIndex(user.email)

    async def _credentialsOf(self, work: AuthUnitOfWorkInterface, userId: UUID, now: datetime) -> Sequence[UUID]:
        """Every session and API key of which a copy may be about."""
        since = self._copies.oldest(now)
        sessions = await work.sessions.endAll(userId, SessionEndReason.ERASED, now, latelySince=since)
        return [*sessions.all, *await work.apiKeys.idsNotRevokedBefore(userId, since)]
