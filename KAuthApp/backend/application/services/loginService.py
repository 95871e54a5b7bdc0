from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from pydantic import JsonValue, SecretStr

from KAuthApp.backend.application.dto.auditEntries import SESSION, byUser
from KAuthApp.backend.application.input.loginInput import LoginInput
from KAuthApp.backend.application.output.loginOutput import LoginOutput, SignedIn
from KAuthApp.backend.application.output.profileOutput import ProfileOutput
from KAuthApp.backend.application.output.sessionOutput import SessionOutput
from KAuthApp.backend.application.output.tokensOutput import TokensOutput
from KAuthApp.backend.domain.exceptions.authErrors import InvalidCredentialsError
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenSignerInterface
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device, SessionClient, UserSession
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.passwordPolicy import normalisePassword
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


@dataclass(frozen=True)
class _Opened:
    """A session that is about to be saved, with the secrets its client will get."""

    session: UserSession
    credentialHash: str
    credentialExpiresAt: datetime
    sessionSecret: str | None = None
    refreshToken: RefreshToken | None = None
    tokens: TokensOutput | None = None


class LoginService:
    """Signs a person in. Unknown address, wrong password and suspended account give one answer after the same work."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        secrets: SecretMakerInterface,
        signer: AccessTokenSignerInterface,
        copies: SessionCopiesInterface,
        policy: SessionPolicy,
        copyPolicy: CopyPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._secrets, self._signer = openWork, hasher, secrets, signer
        self._copies, self._policy, self._copyPolicy, self._clock = copies, policy, copyPolicy, clock

    async def execute(self, login: LoginInput, device: Device) -> SignedIn:
        password = normalisePassword(login.password.get_secret_value())
        proven = await self._prove(EmailAddress.parse(login.email), password)
        rehashed = await self._hasher.hash(password) if self._hasher.needsRehash(proven.passwordHash) else None

        now = self._clock.now()
        opened = await self._open(proven.id, login.client, device, now)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(proven.id)
            user.ensureMaySignIn(proven.passwordHash)
            user.recordSignIn(now, rehashed)
            await work.sessions.add(opened.session)
            if opened.refreshToken is not None:
                await work.refreshTokens.add(opened.refreshToken)
            facts: dict[str, JsonValue] = {
                "client": str(login.client.value),
                "authMethods": [*opened.session.authMethods],
            }
            entry = byUser(user.id, "auth.signedIn", now, target=(SESSION, opened.session.id), after=facts)
            await work.audit.append(entry)
            await work.commit()

        copy = SessionCopy.of(opened.credentialHash, opened.session, user, opened.credentialExpiresAt)
        await self._copies.write(copy.keptUntil(self._copyPolicy.expiry(now)))
        logger.security.info("auth.signedIn", userId=str(user.id), sessionId=str(opened.session.id))
        return self._answer(opened, user)

    async def _prove(self, email: EmailAddress, password: str) -> UserAccount:
        async with self._openWork() as work:
            user = await work.users.findByEmail(email)
        if user is None:
            await self._hasher.verifyAgainstNothing(password)
            self._refuse("unknownAddress", None)
        if not await self._hasher.verify(password, user.passwordHash):
            self._refuse("wrongPassword", user.id)
        if not user.isActive and not user.isPending:
            self._refuse("suspended", user.id)
        user.ensureMaySignIn(user.passwordHash)
        return user

    def _refuse(self, reason: str, userId: UUID | None) -> NoReturn:
        logger.security.warning("auth.signInFailed", reason=reason, userId=userId and str(userId))
        raise InvalidCredentialsError

    async def _open(self, userId: UUID, client: SessionClient, device: Device, now: datetime) -> _Opened:
        if client == SessionClient.API:
            return await self._openWithTokens(userId, device, now)
        secret = self._secrets.newSecret()
        secretHash = self._secrets.hashSecret(secret)
        session = UserSession.open(userId, client, secretHash, device, self._policy, now)
        return _Opened(session, secretHash, session.validUntil, sessionSecret=secret)

    async def _openWithTokens(self, userId: UUID, device: Device, now: datetime) -> _Opened:
        session = UserSession.open(userId, SessionClient.API, None, device, self._policy, now)
        access = await self._signer.sign(userId, session.id, session.expiresAt)
        refreshText = self._secrets.newSecret()
        return _Opened(
            session,
            self._secrets.hashSecret(access.text),
            access.expiresAt,
            refreshToken=RefreshToken.issue(session.id, self._secrets.hashSecret(refreshText), now),
            tokens=TokensOutput.of(access, refreshText, now),
        )

    def _answer(self, opened: _Opened, user: UserAccount) -> SignedIn:
        session = opened.session
        secret = opened.sessionSecret
        return SignedIn(
            answer=LoginOutput(
                user=ProfileOutput.fromUser(user),
                session=SessionOutput.fromSession(session, currentId=session.id),
                tokens=opened.tokens,
            ),
            sessionSecret=None if secret is None else SecretStr(secret),
            cookieSeconds=int((session.expiresAt - session.createdAt).total_seconds()),
        )
