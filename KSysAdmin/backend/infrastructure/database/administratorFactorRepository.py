from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KSysAdmin.backend.domain.interfaces.administratorFactorRepositoryInterface import (
    AdministratorFactorRepositoryInterface,
    FactorStanding,
)
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SealedSecret
from KSysAdmin.backend.domain.models.administratorFactor import AdministratorRecoveryCode, AdministratorTotp
from KSysAdmin.backend.domain.models.administratorPasskey import AdministratorPasskey
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

    async def propose(self, administratorId: UUID, sealed: str) -> bool:
        table = AdministratorTotp
        statement = (
            update(table)
            .where(col(table.administratorId) == administratorId, col(table.confirmedAt).is_not(None))
            .values({col(table.proposedSealed): sealed})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def replaceByProposed(self, totp: AdministratorTotp, sealed: SealedSecret, step: int, at: datetime) -> bool:
        table = AdministratorTotp
        replaced = {
            col(table.secretCiphertext): sealed.ciphertext,
            col(table.secretSalt): sealed.salt,
            col(table.secretNonce): sealed.nonce,
            col(table.secretKeyId): sealed.keyId,
            col(table.proposedSealed): None,
            col(table.lastStep): step,
            col(table.failuresInARow): 0,
            col(table.confirmedAt): at,
        }
        statement = (
            update(table)
            .where(
                col(table.administratorId) == totp.administratorId,
                col(table.proposedSealed) == totp.proposedSealed,
                col(table.confirmedAt).is_not(None),
            )
            .values(replaced)
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def removeTotp(self, administratorId: UUID) -> bool:
        return await self._delete(AdministratorTotp, administratorId) == 1

    async def removeAll(self, administratorId: UUID) -> None:
        for model in (AdministratorTotp, AdministratorPasskey, AdministratorRecoveryCode):
            await self._delete(model, administratorId)

    async def replaceRecoveryCodes(self, administratorId: UUID, codes: Sequence[AdministratorRecoveryCode]) -> None:
        await self._delete(AdministratorRecoveryCode, administratorId)
        self._session.add_all(codes)
        await self._session.flush()

    async def _delete(
        self, model: type[AdministratorTotp | AdministratorPasskey | AdministratorRecoveryCode], administratorId: UUID
    ) -> int:
        statement = delete(model).where(col(model.administratorId) == administratorId)
        return (await (await self._session.connection()).execute(statement)).rowcount

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

    async def standingOf(self, administratorIds: Collection[UUID]) -> Mapping[UUID, FactorStanding]:
        app, key, code = AdministratorTotp, AdministratorPasskey, AdministratorRecoveryCode
        apps = await self._count(app, administratorIds, col(app.confirmedAt).is_not(None))
        keys = await self._count(key, administratorIds)
        codes = await self._count(code, administratorIds, col(code.usedAt).is_(None))
        return {
            each: FactorStanding(hasTotp=each in apps, passkeys=keys.get(each, 0), recoveryCodesLeft=codes.get(each, 0))
            for each in administratorIds
        }

    async def _count(
        self,
        model: type[AdministratorTotp | AdministratorPasskey | AdministratorRecoveryCode],
        administratorIds: Collection[UUID],
        *conditions: ColumnElement[bool],
    ) -> Mapping[UUID, int]:
        owner = col(model.administratorId)
        statement = select(owner, func.count()).where(owner.in_(administratorIds), *conditions).group_by(owner)
        return dict((await self._session.exec(statement)).all())
