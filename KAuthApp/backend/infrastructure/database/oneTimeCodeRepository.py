from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, func, null, update
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import (
    CodeAttempt,
    OneTimeCodeRepositoryInterface,
)
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose, OneTimeCode
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from shared.backend.database.baseRepository import BaseRepository


class OneTimeCodeRepository(BaseRepository[OneTimeCode], OneTimeCodeRepositoryInterface):
    model = OneTimeCode

    async def replace(self, code: OneTimeCode) -> None:
        statement = (
            update(OneTimeCode)
            .where(
                col(OneTimeCode.userId) == code.userId,
                col(OneTimeCode.purpose) == code.purpose,
                col(OneTimeCode.usedAt).is_(None),
                col(OneTimeCode.voidedAt).is_(None),
            )
            .values({"voidedAt": code.createdAt})
        )
        await (await self._session.connection()).execute(statement)
        await self.add(code)

    async def attempt(
        self, userId: UUID, purpose: CodePurpose, codeHash: str, policy: CodePolicy, at: datetime
    ) -> CodeAttempt:
        isRight = col(OneTimeCode.codeHash) == codeHash
        failedTries = col(OneTimeCode.failedTries) + case((isRight, 0), else_=1)
        isVoid = ~isRight & (failedTries >= policy.mostTries)
        statement = (
            update(OneTimeCode)
            .where(
                col(OneTimeCode.userId) == userId,
                col(OneTimeCode.purpose) == purpose,
                col(OneTimeCode.usedAt).is_(None),
                col(OneTimeCode.voidedAt).is_(None),
                col(OneTimeCode.expiresAt) > at,
            )
            .values(
                {
                    "failedTries": failedTries,
                    "usedAt": case((isRight, at), else_=null()),
                    "voidedAt": case((isVoid, at), else_=null()),
                }
            )
            .returning(col(OneTimeCode.usedAt).is_not(None))
        )
        won = (await (await self._session.connection()).execute(statement)).scalar_one_or_none()
        if won is None:
            return CodeAttempt.NONE_OPEN
        return CodeAttempt.RIGHT if won else CodeAttempt.WRONG

    async def attemptTogether(
        self, userId: UUID, codeHashes: Mapping[CodePurpose, str], policy: CodePolicy, at: datetime
    ) -> bool:
        statement = (
            select(OneTimeCode)
            .where(
                col(OneTimeCode.userId) == userId,
                col(OneTimeCode.purpose).in_(codeHashes),
                col(OneTimeCode.usedAt).is_(None),
                col(OneTimeCode.voidedAt).is_(None),
                col(OneTimeCode.expiresAt) > at,
            )
            .order_by(col(OneTimeCode.id))
            .with_for_update()
        )
        codes = (await self._session.exec(statement, execution_options={"populate_existing": True})).all()
        right = [code for code in codes if code.codeHash == codeHashes[code.purpose]]
        areAllRight = len(right) == len(codeHashes)
        for code in codes if areAllRight else [code for code in codes if code not in right]:
            code.attempt(codeHashes[code.purpose], policy, at)
        await self._session.flush()
        return areAllRight

    async def voidAll(self, userId: UUID, at: datetime) -> None:
        statement = (
            update(OneTimeCode)
            .where(
                col(OneTimeCode.userId) == userId,
                col(OneTimeCode.usedAt).is_(None),
                col(OneTimeCode.voidedAt).is_(None),
            )
            .values({"voidedAt": at})
        )
        await (await self._session.connection()).execute(statement)

    async def isRight(self, userId: UUID, purpose: CodePurpose, codeHash: str, at: datetime) -> bool:
        statement = select(OneTimeCode.id).where(
            col(OneTimeCode.userId) == userId,
            col(OneTimeCode.purpose) == purpose,
            col(OneTimeCode.codeHash) == codeHash,
            col(OneTimeCode.usedAt).is_(None),
            col(OneTimeCode.voidedAt).is_(None),
            col(OneTimeCode.expiresAt) > at,
        )
        return (await self._session.exec(statement)).one_or_none() is not None

    async def countIssued(self, userId: UUID, purpose: CodePurpose, since: datetime) -> int:
        statement = (
            select(func.count())
            .select_from(OneTimeCode)
            .where(
                col(OneTimeCode.userId) == userId,
                col(OneTimeCode.purpose) == purpose,
                col(OneTimeCode.createdAt) > since,
            )
        )
        return (await self._session.exec(statement)).one()

    async def discard(self, codeId: UUID) -> None:
        await (await self._session.connection()).execute(delete(OneTimeCode).where(col(OneTimeCode.id) == codeId))

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = (
            select(OneTimeCode.id)
            .where(col(OneTimeCode.expiresAt) < before)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = delete(OneTimeCode).where(col(OneTimeCode.id).in_(expired)).returning(col(OneTimeCode.id))
        return len((await self._session.exec(statement)).scalars().all())
