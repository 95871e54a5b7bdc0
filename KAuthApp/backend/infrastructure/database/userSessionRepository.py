from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, delete, func, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select

from KAuthApp.backend.domain.exceptions.authErrors import SessionNotFoundError
from KAuthApp.backend.domain.interfaces.userSessionRepositoryInterface import UserSessionRepositoryInterface
from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from KAuthApp.backend.domain.models.userSession import SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.sessionPolicy import ONE_FACTOR, SessionPolicy
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import Page, PageInput


class UserSessionRepository(BaseRepository[UserSession], UserSessionRepositoryInterface):
    model = UserSession

    async def getForUpdate(self, userId: UUID, sessionId: UUID) -> UserSession:
        statement = (
            select(UserSession)
            .where(col(UserSession.id) == sessionId, col(UserSession.userId) == userId)
            .with_for_update(key_share=True)
        )
        session = (await self._session.exec(statement)).one_or_none()
        if session is None:
            raise SessionNotFoundError
        return session

    async def findFamilyForUpdate(self, refreshTokenHash: str) -> UserSession | None:
        family = select(RefreshToken.sessionId).where(col(RefreshToken.tokenHash) == refreshTokenHash)
        statement = select(UserSession).where(col(UserSession.id) == family.scalar_subquery())
        return (await self._session.exec(statement.with_for_update(key_share=True))).one_or_none()

    async def findBySecretForUpdate(self, secretHash: str) -> UserSession | None:
        statement = select(UserSession).where(col(UserSession.secretHash) == secretHash)
        return (await self._session.exec(statement.with_for_update(key_share=True))).one_or_none()

    async def listLive(self, userId: UUID, at: datetime, page: PageInput) -> Page[UserSession]:
        statement = select(UserSession).where(col(UserSession.userId) == userId, _isLive(at))
        return await self.page(statement, page, ["createdAt", "id"])

    async def endAll(
        self,
        userId: UUID,
        reason: SessionEndReason,
        at: datetime,
        *,
        latelySince: datetime,
        exceptId: UUID | None = None,
    ) -> EndedCredentials:
        statement = (
            update(UserSession)
            .where(col(UserSession.userId) == userId, col(UserSession.endedAt).is_(None))
            .values({"endedAt": at, "endReason": reason})
            .returning(col(UserSession.id))
        )
        if exceptId is not None:
            statement = statement.where(col(UserSession.id) != exceptId)
        now = (await self._session.exec(statement)).scalars().all()
        # Asked after it: what the update passed over, because another transaction was ending it, is committed by now.
        lately = select(UserSession.id).where(col(UserSession.userId) == userId, col(UserSession.endedAt) > latelySince)
        return EndedCredentials.of(now, (await self._session.exec(lately)).all())

    async def touch(self, sessionId: UUID, seenAt: datetime, policy: SessionPolicy) -> bool:
        isOneFactor = col(UserSession.authMethods).op("<@")(cast(list(ONE_FACTOR), ARRAY(String(40))))
        idleEnd = case((isOneFactor, seenAt + policy.idle), else_=seenAt + policy.mfaIdle)
        statement = (
            update(UserSession)
            .where(
                col(UserSession.id) == sessionId,
                col(UserSession.endedAt).is_(None),
                col(UserSession.lastSeenAt) <= policy.unseenSince(seenAt),
            )
            .values({"lastSeenAt": seenAt, "idleExpiresAt": func.least(idleEnd, col(UserSession.expiresAt))})
            .returning(col(UserSession.id))
        )
        return (await self._session.exec(statement)).scalars().one_or_none() is not None

    async def removeEndedBefore(self, before: datetime, most: int) -> int:
        isOver = (col(UserSession.endedAt) < before) | (col(UserSession.expiresAt) < before)
        over = (select(UserSession.id).where(isOver).order_by(col(UserSession.expiresAt)).limit(most)).with_for_update(
            skip_locked=True
        )
        statement = delete(UserSession).where(col(UserSession.id).in_(over)).returning(col(UserSession.id))
        return len((await self._session.exec(statement)).scalars().all())


def _isLive(at: datetime) -> ColumnElement[bool]:
    return and_(
        col(UserSession.endedAt).is_(None), col(UserSession.idleExpiresAt) > at, col(UserSession.expiresAt) > at
    )
