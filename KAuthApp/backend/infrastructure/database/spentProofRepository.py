from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.spentProofRepositoryInterface import SpentProofRepositoryInterface
from KAuthApp.backend.domain.models.spentProof import SpentProof
from shared.backend.database.baseRepository import BaseRepository


class SpentProofRepository(BaseRepository[SpentProof], SpentProofRepositoryInterface):
    model = SpentProof

    async def spend(self, challengeHash: str, expiresAt: datetime) -> bool:
        statement = (
            insert(SpentProof)
            .values({"challenge_hash": challengeHash, "expires_at": expiresAt})
            .on_conflict_do_nothing()
            .returning(col(SpentProof.challengeHash))
        )
        return (await (await self._session.connection()).execute(statement)).scalar_one_or_none() is not None

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = select(SpentProof.challengeHash).where(col(SpentProof.expiresAt) < before).limit(most)
        statement = (
            delete(SpentProof)
            .where(col(SpentProof.challengeHash).in_(expired))
            .returning(col(SpentProof.challengeHash))
        )
        return len((await self._session.exec(statement)).scalars().all())
