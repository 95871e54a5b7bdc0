from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KSysAdmin.backend.domain.interfaces.administratorFactorRepositoryInterface import (
    AdministratorFactorRepositoryInterface,
)
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorRecoveryCode, AdministratorTotp
from shared.backend.database.baseRepository import BaseRepository


class AdministratorFactorRepository(BaseRepository[AdministratorTotp], AdministratorFactorRepositoryInterface):
    model = AdministratorTotp

    async def findTotp(self, administratorId: UUID) -> AdministratorTotp | None:
        statement = select(AdministratorTotp).where(AdministratorTotp.administratorId == administratorId)
        return (await self._session.exec(statement)).one_or_none()

    async def replaceUnconfirmed(self, totp: AdministratorTotp) -> bool:
        table = AdministratorTotp
        values = {
            table.administratorId: totp.administratorId,
            table.secretCiphertext: totp.secretCiphertext,
            table.secretSalt: totp.secretSalt,
            table.secretNonce: totp.secretNonce,
            table.secretKeyId: totp.secretKeyId,
            table.lastStep: 0,
            table.failuresInARow: 0,
            table.createdAt: totp.createdAt,
        }
        statement = insert(table).values(values)
        changed = ("secret_ciphertext", "secret_salt", "secret_nonce", "secret_key_id", "created_at")
        statement = statement.on_conflict_do_update(
            index_elements=[col(table.administratorId)],
            set_={name: statement.excluded[name] for name in changed},
            where=col(table.confirmedAt).is_(None),
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def confirm(self, totp: AdministratorTotp, step: int, at: datetime) -> bool:
        table = AdministratorTotp
        statement = (
            update(table)
            .where(
                col(table.administratorId) == totp.administratorId,
                col(table.secretNonce) == totp.secretNonce,
                col(table.secretCiphertext) == totp.secretCiphertext,
                col(table.confirmedAt).is_(None),
                col(table.lastStep) < step,
            )
            .values({col(table.confirmedAt): at, col(table.lastStep): step, col(table.failuresInARow): 0})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def spendStep(self, administratorId: UUID, step: int) -> bool:
        table = AdministratorTotp
        statement = (
            update(table)
            .where(
                col(table.administratorId) == administratorId,
                col(table.confirmedAt).is_not(None),
                col(table.lastStep) < step,
            )
            .values({col(table.lastStep): step})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def countFailure(self, administratorId: UUID, at: datetime) -> None:
        table = AdministratorTotp
        await (await self._session.connection()).execute(
            update(table)
            .where(col(table.administratorId) == administratorId)
            .values({col(table.failuresInARow): col(table.failuresInARow) + 1, col(table.lastFailedAt): at})
        )

    async def clearFailures(self, administratorId: UUID) -> None:
        table = AdministratorTotp
        await (await self._session.connection()).execute(
            update(table).where(col(table.administratorId) == administratorId).values({col(table.failuresInARow): 0})
        )

    async def addRecoveryCodes(self, codes: Sequence[AdministratorRecoveryCode]) -> None:
        self._session.add_all(codes)
        await self._session.flush()

    async def spendRecoveryCode(self, administratorId: UUID, codeHash: str, at: datetime) -> bool:
        table = AdministratorRecoveryCode
        statement = (
            update(table)
            .where(
                col(table.administratorId) == administratorId,
                col(table.codeHash) == codeHash,
                col(table.usedAt).is_(None),
            )
            .values({col(table.usedAt): at})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def countRecoveryCodes(self, administratorId: UUID) -> int:
        table = AdministratorRecoveryCode
        statement = (
            select(func.count())
            .select_from(table)
            .where(col(table.administratorId) == administratorId, col(table.usedAt).is_(None))
        )
        return (await self._session.exec(statement)).one()
