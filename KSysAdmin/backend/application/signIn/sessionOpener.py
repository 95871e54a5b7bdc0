from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue, SecretStr

from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.output.signInOutput import AuthenticatedOutput
from KSysAdmin.backend.domain.exceptions.administratorErrors import ChallengeInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.administratorSession import AdministratorSession
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.http.requestContext import RequestContext
from shared.backend.loggingFactory import SystemLogger

logger = SystemLogger("kadmin")


@dataclass(frozen=True)
class OpenedSession:
    """A session that is saved but not yet committed, and the secret its browser will get."""

    session: AdministratorSession
    actor: AdminActor
    secret: str


class SessionOpener:
    """Opens the session of an administrator who has shown password and second factor.

    `open` last in the caller's transaction before the commit, `handOver` after it.
    """

    def __init__(self, copies: SessionCopiesInterface, policy: AdminSessionPolicy) -> None:
        self._copies, self._policy = copies, policy

    async def open(
        self,
        work: AdminUnitOfWorkInterface,
        administrator: Administrator,
        secondFactor: str,
        action: str,
        context: RequestContext,
        at: datetime,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> OpenedSession:
        """Everything the database keeps of it, the audit entry last; the administrator is locked."""
        secret = CryptoFactory.randomToken()
        session = AdministratorSession.open(
            administrator.id,
            hashCredential(secret),
            secondFactor,
            context.clientIp,
            context.userAgent,
            self._policy,
            at,
        )
        administrator.signedIn(at)
        await work.sessions.add(session)
        actor = await work.sessions.findActor(session.secretHash, self._policy, at)
        if actor is None:
            raise ChallengeInvalidError
        after = {"secondFactor": secondFactor, "sessionId": str(session.id), **(facts or {})}
        await work.audit.append(
            changeBy(administrator.id, action, ("administrator", administrator.id), at, after=after)
        )
        return OpenedSession(session, actor, secret)

    async def handOver(self, opened: OpenedSession, recoveryCodes: list[str] | None = None) -> SignedInOutput:
        """What the browser gets, now that it is true."""
        session = opened.session
        await self._copies.writeAdministrator(session.secretHash, opened.actor)
        logger.security.info(
            "admin.signedIn", "signed in", administratorId=str(session.administratorId), method=session.secondFactor
        )
        output = AuthenticatedOutput.fromActor(opened.actor, recoveryCodes)
        return SignedInOutput(output=output, sessionSecret=SecretStr(opened.secret), expiresAt=session.expiresAt)
