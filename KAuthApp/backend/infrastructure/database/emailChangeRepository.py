from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.emailChangeRepositoryInterface import EmailChangeRepositoryInterface
from KAuthApp.backend.domain.models.emailChange import EmailChange
from shared.backend.database.baseRepository import BaseRepository


class EmailChangeRepository(BaseRepository[EmailChange], EmailChangeRepositoryInterface):
    model = EmailChange

    async def replace(self, change: EmailChange) -> None:
        await self.voidOpen(change.userId, change.createdAt)
        await self.add(change)

    async def findOpen(self, userId: UUID, at: datetime) -> EmailChange | None:
        statement = select(EmailChange).where(
            col(EmailChange.userId) == userId,
            col(EmailChange.appliedAt).is_(None),
            col(EmailChange.voidedAt).is_(None),
            col(EmailChange.expiresAt) > at,
        )
        return (await self._session.exec(statement)).one_or_none()

    async def voidOpen(self, userId: UUID, at: datetime) -> None:
        statement = (
            update(EmailChange)
            .where(
                col(EmailChange.userId) == userId,
                col(EmailChange.appliedAt).is_(None),
                col(EmailChange.voidedAt).is_(None),
            )
            .values({"voidedAt": at})
        )
        await (await self._session.connection()).execute(statement)

    async def countAsked(self, userId: UUID, since: datetime) -> int:
        statement = (
            select(func.count())
            .select_from(EmailChange)
            .where(col(EmailChange.userId) == userId, col(EmailChange.createdAt) > since)
        )
        return (await self._session.exec(statement)).one()

    async def allowRevert(self, changeId: UUID, revertHash: str) -> None:
        statement = update(EmailChange).where(col(EmailChange.id) == changeId).values({"revertHash": revertHash})
        await (await self._session.connection()).execute(statement)

    async def findRevertible(self, revertHash: str, at: datetime) -> EmailChange | None:
        statement = select(EmailChange).where(
            col(EmailChange.revertHash) == revertHash,
            col(EmailChange.revertedAt).is_(None),
            col(EmailChange.revertUntil) > at,
        )
        return (await self._session.exec(statement)).one_or_none()

    async def spendRevert(self, change: EmailChange, at: datetime) -> bool:
        statement = (
            update(EmailChange)
            .where(
                col(EmailChange.userId) == change.userId,
                col(EmailChange.appliedAt) >= change.appliedAt,
                col(EmailChange.revertedAt).is_(None),
                col(EmailChange.revertUntil) > at,
            )
            .values({"revertedAt": at})
            .returning(col(EmailChange.id))
        )
        spent = (await (await self._session.connection()).execute(statement)).scalars().all()
        return change.id in spent

    async def removeOverBefore(self, before: datetime, most: int) -> int:
        isPast = (
            select(EmailChange.id)
            .where(
                col(EmailChange.expiresAt) < before,
                func.coalesce(col(EmailChange.revertUntil), col(EmailChange.expiresAt)) < before,
            )
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = delete(EmailChange).where(col(EmailChange.id).in_(isPast)).returning(col(EmailChange.id))
        return len((await self._session.exec(statement)).scalars().all())
