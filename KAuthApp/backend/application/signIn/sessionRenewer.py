from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO, RenewedSessionDTO
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError, UnauthenticatedError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.endedCredentials import NONE_ENDED, EndedCredentials
from KAuthApp.backend.domain.models.userSession import SessionClient, SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy


@dataclass(frozen=True)
class RenewedSession:
    """The session that goes on, a browser's under another secret, and those that ended with the old one."""

    session: UserSession
    at: datetime
    retiredHash: str | None = None
    secret: SecretStr | None = None
    ended: EndedCredentials = NONE_ENDED


class SessionRenewer:
    """Gives the session that asks another secret: at once the old one is good nowhere, whatever Redis does.

    `renew` inside the caller's transaction, with the account locked; `handOver` after its commit.
    """

    def __init__(self, secrets: SecretMakerInterface, copies: SessionCopiesInterface, policy: SessionPolicy) -> None:
        self._secrets, self._copies, self._policy = secrets, copies, policy

    async def renew(
        self,
        work: AuthUnitOfWorkInterface,
        identity: IdentityDTO,
        at: datetime,
        *,
        shown: str | None = None,
        endOthers: SessionEndReason | None = None,
    ) -> RenewedSession:
        """`shown`: how its person has just shown again that it is them. UnauthenticatedError when it is over."""
        session = await work.sessions.getForUpdate(identity.userId, identity.sessionId)
        if not session.isLive(at):
            raise UnauthenticatedError
        if shown is not None:
            session.reauthenticate(shown, self._policy, at)
        secret = self._secrets.newSecret() if session.client == SessionClient.BROWSER else None
        retiredHash = None if secret is None else session.rotate(self._secrets.hashSecret(secret))
        ended = await self._endOthers(work, session, endOthers, at)
        renewed = RenewedSessionDTO(sessionId=session.id, retiredHash=retiredHash)
        await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload(ended.now, [renewed]))
        return RenewedSession(session, at, retiredHash, None if secret is None else SecretStr(secret), ended)

    async def handOver(self, renewed: RenewedSession) -> RenewalOutput:
        """Takes the copies away. When Redis cannot be told, the new secret is given out all the same."""
        session = renewed.session
        return RenewalOutput(
            sessionSecret=renewed.secret,
            cookieSeconds=int((session.expiresAt - renewed.at).total_seconds()),
            isSpread=await self._spread(renewed),
        )

    async def _spread(self, renewed: RenewedSession) -> bool:
        try:
            await self._copies.endSessions(renewed.ended.all, renewed.at)
            await self._copies.renew(renewed.session.id, renewed.retiredHash, renewed.at)
        except RevocationPendingError:
            return False
        return True

    async def _endOthers(
        self, work: AuthUnitOfWorkInterface, session: UserSession, reason: SessionEndReason | None, at: datetime
    ) -> EndedCredentials:
        if reason is None:
            return NONE_ENDED
        await work.challenges.voidAll(session.userId, at)
        since = self._copies.oldest(at)
        return await work.sessions.endAll(session.userId, reason, at, latelySince=since, exceptId=session.id)
