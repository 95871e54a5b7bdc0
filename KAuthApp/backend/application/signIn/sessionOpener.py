from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue, SecretStr

from KAuthApp.backend.application.dto.auditEntries import SESSION, byUser
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.application.output.loginOutput import LoginOutput, SignedIn
from KAuthApp.backend.application.output.profileOutput import ProfileOutput
from KAuthApp.backend.application.output.sessionOutput import SessionOutput
from KAuthApp.backend.application.output.tokensOutput import TokensOutput
from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.application.signIn.signInGuard import SignInGuard
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenSignerInterface
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device, SessionClient, SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.personalKeys import keyOf
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from shared.backend.loggingFactory import SystemLogger

logger = SystemLogger("kauth")


@dataclass
class PreparedSession:
    """A session that is about to be saved, with the secrets its client will get.

    `deviceSecrets` is what the browser keeps to be known again, `replacedId` the session that was in that browser and
    ends with this; saving fills them in.
    """

    session: UserSession
    device: Device
    credentialHash: str
    credentialExpiresAt: datetime
    era: str | None
    sessionSecret: str | None = None
    refreshToken: RefreshToken | None = None
    tokens: TokensOutput | None = None
    deviceSecrets: Sequence[SecretStr] = ()
    replacedId: UUID | None = None


class SessionOpener:
    """Opens the session of somebody who has proven who they are, in three steps around the caller's transaction.

    `prepare` before it (to sign may need the database), `save` last in it before the commit, `handOver` after it.
    """

    def __init__(
        self,
        secrets: SecretMakerInterface,
        personal: PersonalSealerInterface,
        signer: AccessTokenSignerInterface,
        copies: SessionCopiesInterface,
        policy: SessionPolicy,
        copyPolicy: CopyPolicy,
        guard: SignInGuard,
        devices: DeviceMemory,
    ) -> None:
        self._guard, self._devices = guard, devices
        self._secrets, self._personal, self._signer, self._copies = secrets, personal, signer, copies
        self._policy, self._copyPolicy = policy, copyPolicy

    async def prepare(
        self, userId: UUID, client: SessionClient, device: Device, authMethods: Sequence[str], at: datetime
    ) -> PreparedSession:
        """A browser gets a secret for its cookie, an API client gets tokens."""
        era = await self._copies.era()
        if client == SessionClient.API:
            return await self._prepareTokens(userId, device, authMethods, era, at)
        secret = self._secrets.newSecret()
        secretHash = self._secrets.hashSecret(secret)
        session = UserSession.open(userId, client, secretHash, device, authMethods, self._policy, at)
        return PreparedSession(session, device, secretHash, session.validUntil, era, sessionSecret=secret)

    async def save(self, work: AuthUnitOfWorkInterface, user: UserAccount, prepared: PreparedSession) -> None:
        """Everything the database keeps of it, the audit entry last. The account is locked and may sign in."""
        session = prepared.session
        await self._endReplaced(work, prepared)
        await self._recogniseDevice(work, user, prepared)
        user.recordSignIn(session.createdAt)
        key = await keyOf(work, self._personal, user.id, session.createdAt)
        session.keepDevice(prepared.device, key, self._personal)
        await work.sessions.add(session)
        if prepared.refreshToken is not None:
            await work.refreshTokens.add(prepared.refreshToken)
        facts: dict[str, JsonValue] = {"client": str(session.client.value), "authMethods": [*session.authMethods]}
        if prepared.replacedId is not None:
            facts["replacedSessionId"] = str(prepared.replacedId)
        entry = byUser(user.id, "auth.signedIn", session.createdAt, target=(SESSION, session.id), after=facts)
        await work.audit.append(entry)

    async def _endReplaced(self, work: AuthUnitOfWorkInterface, prepared: PreparedSession) -> None:
        """The browser is about to lose the cookie of this session: nobody would hold it but a thief."""
        shown, at = prepared.device.sessionHash, prepared.session.createdAt
        if shown is None or prepared.sessionSecret is None:
            return
        session = await work.sessions.findBySecretForUpdate(shown)
        if session is None or session.endedAt is not None:
            return
        session.end(SessionEndReason.LOGOUT, at)
        await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload([session.id]))
        prepared.replacedId = session.id

    async def _recogniseDevice(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, prepared: PreparedSession
    ) -> None:
        device, at = prepared.device, prepared.session.createdAt
        deviceId = await self._devices.renew(work, user.id, device, at)
        await self._guard.welcome(work, user, device, deviceId, at)
        if deviceId is None:
            client = prepared.session.client
            prepared.deviceSecrets = await self._devices.remember(work, user, device, client, at)
        else:
            prepared.deviceSecrets = device.secrets

    async def handOver(self, user: UserAccount, factors: SecondFactors, prepared: PreparedSession) -> SignedIn:
        """What the client gets, now that it is true."""
        session = prepared.session
        if prepared.replacedId is not None:
            with suppress(RevocationPendingError):  # the outbox finishes it
                await self._copies.endSessions([prepared.replacedId], session.createdAt)
        copy = SessionCopy.of(prepared.credentialHash, session, user, prepared.credentialExpiresAt)
        await self._copies.write(copy.keptUntil(self._copyPolicy.expiry(session.createdAt)), prepared.era)
        logger.security.info("auth.signedIn", userId=str(user.id), sessionId=str(session.id))
        secret = prepared.sessionSecret
        return SignedIn(
            answer=LoginOutput(
                user=ProfileOutput.fromUser(user, factors),
                session=SessionOutput.fromSession(session, prepared.device.shortened, currentId=session.id),
                tokens=prepared.tokens,
            ),
            sessionSecret=None if secret is None else SecretStr(secret),
            cookieSeconds=int((session.expiresAt - session.createdAt).total_seconds()),
            deviceSecrets=tuple(prepared.deviceSecrets),
        )

    async def _prepareTokens(
        self, userId: UUID, device: Device, authMethods: Sequence[str], era: str | None, at: datetime
    ) -> PreparedSession:
        session = UserSession.open(userId, SessionClient.API, None, device, authMethods, self._policy, at)
        access = await self._signer.sign(userId, session.id, session.expiresAt)
        refreshText = self._secrets.newSecret()
        return PreparedSession(
            session,
            device,
            self._secrets.hashSecret(access.text),
            access.expiresAt,
            era,
            refreshToken=RefreshToken.issue(session.id, self._secrets.hashSecret(refreshText), at),
            tokens=TokensOutput.of(access, refreshText, at),
        )
