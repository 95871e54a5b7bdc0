from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, update
from sqlalchemy.orm import QueryableAttribute, defer, load_only
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from KSysAdmin.backend.domain.exceptions.userErrors import UserNotFoundError
from KSysAdmin.backend.domain.interfaces.userRepositoryInterface import (
    UserFactors,
    UserFilter,
    UserRepositoryInterface,
)
from KSysAdmin.backend.domain.models.endedSessions import EndedSessions
from KSysAdmin.backend.domain.models.signInChallenge import SignInChallenge
from KSysAdmin.backend.domain.models.userAccount import UserAccount
from KSysAdmin.backend.domain.models.userPasskey import UserPasskey
from KSysAdmin.backend.domain.models.userRecoveryCode import UserRecoveryCode
from KSysAdmin.backend.domain.models.userSession import SessionEndReason, UserSession
from KSysAdmin.backend.domain.models.userTotp import UserTotp
from KSysAdmin.backend.infrastructure.database.userSearch import ORDER, firstAmongAll, firstAmongNewest
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import MAX_LIMIT, Page, PageInput


class SessionRepository(BaseRepository[UserSession]):
    model = UserSession


class UserRepository(BaseRepository[UserAccount], UserRepositoryInterface):
    model = UserAccount

    async def listPage(self, wanted: UserFilter, page: PageInput) -> Page[UserAccount]:
        standing = [] if wanted.status is None else [col(UserAccount.status) == wanted.status]
        if wanted.query is None and wanted.role is None:
            return await self.page(_users().where(*standing), page, ORDER)
        remaining = [*standing, *self.afterCursor(page, ORDER)]
        found = await self._onPage(firstAmongNewest(wanted, remaining, page.limit + 1), page)
        isFull = found.nextCursor is not None
        return found if isFull else await self._onPage(firstAmongAll(wanted, remaining, page.limit + 1), page)

    async def _onPage(self, ids: Select[UUID], page: PageInput) -> Page[UserAccount]:
        return await self.page(_users().where(col(UserAccount.id).in_(ids)), page, ORDER)

    async def get(self, userId: UUID) -> UserAccount:
        user = (await self._session.exec(_users().where(UserAccount.id == userId))).one_or_none()
        if user is None:
            raise UserNotFoundError(f"user {userId} does not exist")
        return user

    async def getForUpdate(self, userId: UUID) -> UserAccount:
        statement = _users().where(UserAccount.id == userId).with_for_update(key_share=True)
        user = (await self._session.exec(statement)).one_or_none()
        if user is None:
            raise UserNotFoundError(f"user {userId} does not exist")
        return user

    async def liveSessions(self, userId: UUID, at: datetime) -> Sequence[UserSession]:
        statement = _live(userId, at).order_by(col(UserSession.lastSeenAt).desc()).limit(MAX_LIMIT)
        return (await self._session.exec(statement)).all()

    async def sessionIdsNotEndedBefore(self, userId: UUID, since: datetime) -> Sequence[UUID]:
        isGood = col(UserSession.endedAt).is_(None) & (col(UserSession.expiresAt) > since)
        mine = select(UserSession.id).where(col(UserSession.userId) == userId)
        return (await self._session.exec(mine.where(isGood | (col(UserSession.endedAt) > since)))).all()

    async def factorsOf(self, userId: UUID) -> UserFactors:
        return UserFactors(
            totp=await self._count(UserTotp, userId, col(UserTotp.confirmedAt).is_not(None)) > 0,
            passkeys=await self._count(UserPasskey, userId),
            recoveryCodesLeft=await self._count(UserRecoveryCode, userId, col(UserRecoveryCode.usedAt).is_(None)),
        )

    async def removeFactors(self, userId: UUID) -> None:
        connection = await self._session.connection()
        for model in (UserTotp, UserPasskey, UserRecoveryCode):
            await connection.execute(delete(model).where(col(model.userId) == userId))

    async def endHalfSignIns(self, userId: UUID, at: datetime) -> None:
        statement = (
            update(SignInChallenge)
            .where(col(SignInChallenge.userId) == userId, col(SignInChallenge.usedAt).is_(None))
            .values({"usedAt": at})
        )
        await (await self._session.connection()).execute(statement)

    async def _count(
        self, model: type[UserTotp | UserPasskey | UserRecoveryCode], userId: UUID, *conditions: ColumnElement[bool]
    ) -> int:
        statement = select(func.count()).select_from(model).where(col(model.userId) == userId, *conditions)
        return (await self._session.exec(statement)).one()

    async def liveSessionsPage(self, userId: UUID, at: datetime, page: PageInput) -> Page[UserSession]:
        return await SessionRepository(self._session).page(_live(userId, at), page, ORDER)

    async def endSessions(
        self, userId: UUID, reason: SessionEndReason, at: datetime, latelySince: datetime
    ) -> EndedSessions:
        mine = _sessions().where(UserSession.userId == userId).order_by(col(UserSession.id))
        notEnded = mine.where(col(UserSession.endedAt).is_(None)).with_for_update(key_share=True)
        sessions = (await self._session.exec(notEnded)).all()
        for session in sessions:
            session.endedAt, session.endReason = at, reason
        await self._session.flush()
        ended = [session for session in sessions if session.expiresAt > at]
        # Asked after it: what was passed over, because another transaction was ending it, is committed by now.
        lately = (await self._session.exec(mine.where(col(UserSession.endedAt) > latelySince))).all()
        just = {session.id for session in sessions}
        return EndedSessions(ended, [session for session in lately if session.id not in just])


# The admin server's role cannot read what proves to be a user, so what it asks for is named.
_READ_OF_USERS: Final = (
    UserAccount.email,
    UserAccount.emailAsGiven,
    UserAccount.fullName,
    UserAccount.locale,
    UserAccount.status,
    UserAccount.emailVerifiedAt,
    UserAccount.suspendedAt,
    UserAccount.suspendedReason,
    UserAccount.roles,
    UserAccount.createdAt,
    UserAccount.updatedAt,
    UserAccount.lastLoginAt,
)


def _users() -> SelectOfScalar[UserAccount]:
    return select(UserAccount).options(load_only(*(_mapped(each) for each in _READ_OF_USERS), raiseload=True))


def _sessions() -> SelectOfScalar[UserSession]:
    return select(UserSession).options(defer(_mapped(UserSession.secretHash), raiseload=True))


def _live(userId: UUID, at: datetime) -> SelectOfScalar[UserSession]:
    return _sessions().where(
        UserSession.userId == userId,
        col(UserSession.endedAt).is_(None),
        UserSession.expiresAt > at,
        UserSession.idleExpiresAt > at,
    )


def _mapped(attribute: object) -> QueryableAttribute[object]:
    """SQLModel declares attributes as their values; this is what they are on the class."""
    if not isinstance(attribute, QueryableAttribute):
        raise TypeError("this is no mapped attribute")
    return attribute
