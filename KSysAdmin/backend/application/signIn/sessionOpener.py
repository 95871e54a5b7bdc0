from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import JsonValue, SecretStr

from KSysAdmin.backend.application.dto.outboxMessages import END_ADMIN_COPIES_TOPIC, EndedAdministratorSessionsDTO
from KSysAdmin.backend.application.output.signedInOutput import SignedInOutput
from KSysAdmin.backend.application.output.signInOutput import AuthenticatedOutput
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    ChallengeInvalidError,
    NotAuthenticatedError,
    SessionNotFoundError,
)
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.administratorDevice import AdministratorDevice
from KSysAdmin.backend.domain.models.administratorSession import AdministratorSession
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.loggingFactory import SystemLogger

logger = SystemLogger("kadmin")


@dataclass(frozen=True)
class OpenedSession:
    """A session that is saved but not yet committed, and the secrets its browser will get."""

    session: AdministratorSession
    actor: AdminActor
    secret: str
    deviceToken: str | None = None
    replaced: UUID | None = None


class SessionOpener:
    """Opens the session of an administrator who has shown password and second factor; lets it go on, and ends it.

    `open` and `renew` last in the caller's transaction before the commit, `handOver` after it; so are `orderEnd` and
    `endCopies`.
    """

    def __init__(
        self, copies: SessionCopiesInterface, policy: AdminSessionPolicy, notices: AdministratorNotices
    ) -> None:
        self._copies, self._policy, self._notices = copies, policy, notices

    async def open(
        self,
        work: AdminUnitOfWorkInterface,
        administrator: Administrator,
        secondFactor: str,
        action: str,
        caller: SignInCaller,
        at: datetime,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> OpenedSession:
        """Everything the database keeps of it, the audit entry last; the administrator is locked."""
        secret = CryptoFactory.randomToken()
        session = AdministratorSession.open(
            administrator.id,
            hashCredential(secret),
            secondFactor,
            caller.clientIp,
            caller.userAgent,
            self._policy,
            at,
        )
        administrator.signedIn(at)
        deviceToken = await self._recognise(work, administrator, caller, at)
        actor = await self._save(work, session, action, at, facts or {})
        return OpenedSession(session, actor, secret, deviceToken)

    async def renew(
        self, work: AdminUnitOfWorkInterface, actor: AdminActor, secondFactor: str, at: datetime
    ) -> OpenedSession:
        """The same browser goes on under another secret, to the same end; the old secret is good nowhere."""
        secret = CryptoFactory.randomToken()
        try:
            old = await work.sessions.getUnended(actor.administratorId, actor.sessionId)
        except SessionNotFoundError as error:
            raise NotAuthenticatedError(challenge="Session") from error
        session = old.succeededBy(hashCredential(secret), secondFactor, at)
        await self.orderEnd(work, [old.id], at)
        renewed = await self._save(work, session, "administrator.reauthenticated", at, {})
        return OpenedSession(session, renewed, secret, replaced=old.id)

    async def orderEnd(self, work: AdminUnitOfWorkInterface, ended: Sequence[UUID], at: datetime) -> None:
        """Whatever happens, the copies of these sessions go."""
        if ended:
            payload = EndedAdministratorSessionsDTO.payload(ended, self._lastEnd(at))
            await work.outbox.add(END_ADMIN_COPIES_TOPIC, payload)

    async def endCopies(self, ended: Sequence[UUID], at: datetime) -> None:
        """While Redis is away the outbox alone does it: no copy lets anyone in, this server asks PostgreSQL."""
        if ended:
            await self._copies.endAdministratorSessionsOrLeave(ended, self._lastEnd(at))

    async def handOver(self, opened: OpenedSession, recoveryCodes: list[str] | None = None) -> SignedInOutput:
        """What the browser gets, now that it is true."""
        session = opened.session
        await self.endCopies([] if opened.replaced is None else [opened.replaced], session.createdAt)
        await self._copies.writeAdministrator(session.secretHash, opened.actor)
        event = "admin.signedIn" if opened.replaced is None else "admin.reauthenticated"
        administratorId = str(session.administratorId)
        logger.security.info(event, "let in", administratorId=administratorId, method=session.secondFactor)
        return SignedInOutput(
            output=AuthenticatedOutput.fromActor(opened.actor, recoveryCodes),
            sessionSecret=SecretStr(opened.secret),
            expiresAt=session.expiresAt,
            deviceToken=None if opened.deviceToken is None else SecretStr(opened.deviceToken),
        )

    async def _save(
        self,
        work: AdminUnitOfWorkInterface,
        session: AdministratorSession,
        action: str,
        at: datetime,
        facts: Mapping[str, JsonValue],
    ) -> AdminActor:
        await work.sessions.add(session)
        actor = await work.sessions.findActor(session.secretHash, self._policy, at)
        if actor is None:
            raise ChallengeInvalidError
        target = ("administrator", session.administratorId)
        after = {"secondFactor": session.secondFactor, "sessionId": str(session.id), **facts}
        await work.audit.append(changeBy(session.administratorId, action, target, at, after=after))
        return actor

    async def _recognise(
        self, work: AdminUnitOfWorkInterface, administrator: Administrator, caller: SignInCaller, at: datetime
    ) -> str | None:
        """The token for a browser that has not been here before, told of by mail unless it is the very first."""
        tokenHash = caller.deviceTokenHash
        if tokenHash is not None and await work.devices.recognise(administrator.id, tokenHash, at):
            return None
        token = CryptoFactory.randomToken()
        isFirst = not await work.devices.hasAny(administrator.id)
        device = AdministratorDevice.remember(administrator.id, hashCredential(token), caller.deviceLabel, at)
        await work.devices.add(device)
        if not isFirst:
            where = {"address": caller.clientIp}
            await self._notices.tell(work, administrator.id, AdministratorMailKind.NEW_DEVICE, at, where)
        return token

    def _lastEnd(self, at: datetime) -> datetime:
        return at + timedelta(hours=self._policy.absoluteHours)
