from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import SESSION, byUser
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.application.input.refreshTokensInput import RefreshTokensInput
from KAuthApp.backend.application.output.tokensOutput import TokensOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    RefreshInvalidError,
    RefreshReusedError,
    RevocationPendingError,
)
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenSignerInterface
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.refreshPolicy import RefreshPolicy
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class RefreshTokensService:
    """Changes a refresh token for its one successor and a fresh access token.

    The family's lock decides races: whoever comes second with the same token gets the same successor, for a short
    while and until that successor is used. Any later use of it ends the family (RFC 9700, 4.14.2).
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        secrets: SecretMakerInterface,
        sealer: SecretSealerInterface,
        signer: AccessTokenSignerInterface,
        copies: SessionCopiesInterface,
        refreshPolicy: RefreshPolicy,
        sessionPolicy: SessionPolicy,
        copyPolicy: CopyPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._secrets, self._sealer, self._signer = openWork, secrets, sealer, signer
        self._copies, self._clock = copies, clock
        self._refreshPolicy, self._sessionPolicy, self._copyPolicy = refreshPolicy, sessionPolicy, copyPolicy

    async def execute(self, offered: RefreshTokensInput) -> TokensOutput:
        tokenHash = self._secrets.hashSecret(offered.refreshToken.get_secret_value())
        era = await self._copies.era()
        async with self._openWork() as work:
            session, token, predecessor = await self._lockFamily(work, tokenHash)
            user = await work.users.get(session.userId)
            now = self._clock.now()
            self._ensureAlive(session, user, now)
            refreshText = await self._successorOf(work, session, token, predecessor, now)

        if refreshText is None:
            await self._refuseReuse(session, now)
        return await self._answer(session, user, refreshText, era, now)

    async def _lockFamily(
        self, work: AuthUnitOfWorkInterface, tokenHash: str
    ) -> tuple[UserSession, RefreshToken, RefreshToken | None]:
        """The session, the token and the one before it, as they are once nobody else can change them."""
        session = await work.sessions.findFamilyForUpdate(tokenHash)
        link = None if session is None else await work.refreshTokens.findInFamily(session.id, tokenHash)
        if session is None or link is None:
            logger.security.warning("auth.refreshRefused", reason="unknown")
            raise RefreshInvalidError
        return session, *link

    def _ensureAlive(self, session: UserSession, user: UserAccount, now: datetime) -> None:
        if session.endReason == SessionEndReason.REFRESH_REUSED:
            raise RefreshReusedError
        if not session.isLive(now) or not user.isActive:
            raise RefreshInvalidError

    async def _successorOf(
        self,
        work: AuthUnitOfWorkInterface,
        session: UserSession,
        token: RefreshToken,
        predecessor: RefreshToken | None,
        now: datetime,
    ) -> str | None:
        """The text of the successor, new or the same again; None when this is a reuse, which has ended the family."""
        if not token.isUsed:
            if predecessor is not None:
                predecessor.forgetSuccessor()
            return await self._rotate(work, session, token, now)
        sealed = token.repeatable(self._refreshPolicy, now)
        if sealed is not None:
            return self._sealer.unseal(sealed, _contextOf(token.id))
        await self._endFamily(work, session, now)
        return None

    async def _rotate(
        self, work: AuthUnitOfWorkInterface, session: UserSession, token: RefreshToken, now: datetime
    ) -> str:
        refreshText = self._secrets.newSecret()
        successor = RefreshToken.issue(session.id, self._secrets.hashSecret(refreshText), now)
        token.use(successor, self._sealer.seal(refreshText, _contextOf(token.id)), now)
        session.touch(self._sessionPolicy, now)
        await work.refreshTokens.add(successor)
        await work.audit.append(byUser(session.userId, "auth.tokensRefreshed", now, target=(SESSION, session.id)))
        await work.commit()
        return refreshText

    async def _endFamily(self, work: AuthUnitOfWorkInterface, session: UserSession, now: datetime) -> None:
        session.end(SessionEndReason.REFRESH_REUSED, now)
        await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload([session.id]))
        await work.audit.append(byUser(session.userId, "auth.refreshReused", now, target=(SESSION, session.id)))
        await work.commit()

    async def _refuseReuse(self, session: UserSession, now: datetime) -> NoReturn:
        logger.security.warning("auth.refreshReused", userId=str(session.userId), sessionId=str(session.id))
        with suppress(RevocationPendingError):  # the outbox finishes it
            await self._copies.endSessions([session.id], now)
        raise RefreshReusedError

    async def _answer(
        self, session: UserSession, user: UserAccount, refreshText: str, era: str | None, now: datetime
    ) -> TokensOutput:
        access = await self._signer.sign(user.id, session.id, session.expiresAt)
        copy = SessionCopy.of(self._secrets.hashSecret(access.text), session, user, access.expiresAt)
        await self._copies.write(copy.keptUntil(self._copyPolicy.expiry(now)), era)
        return TokensOutput.of(access, refreshText, now)


def _contextOf(tokenId: UUID) -> str:
    return f"refresh:{tokenId}:successor"
