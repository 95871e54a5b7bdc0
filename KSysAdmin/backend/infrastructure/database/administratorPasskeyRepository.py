from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, literal, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from KSysAdmin.backend.domain.exceptions.passkeyErrors import PasskeyNotFoundError, PasskeyTakenError
from KSysAdmin.backend.domain.interfaces.administratorPasskeyRepositoryInterface import (
    AdministratorPasskeyRepositoryInterface,
)
from KSysAdmin.backend.domain.models.administratorPasskey import AdministratorPasskey
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint
from shared.backend.webAuthn.ceremoniesInterface import VerifiedAssertion

_CREDENTIAL_IS_UNIQUE: Final = "uq_administrator_passkey_credential_id"


class AdministratorPasskeyRepository(BaseRepository[AdministratorPasskey], AdministratorPasskeyRepositoryInterface):
    model = AdministratorPasskey

    async def add(self, row: AdministratorPasskey) -> None:
        try:
            await super().add(row)
        except IntegrityError as error:
            if brokenConstraint(error) != _CREDENTIAL_IS_UNIQUE:
                raise
            raise PasskeyTakenError from None

    async def listOf(self, administratorId: UUID) -> Sequence[AdministratorPasskey]:
        table = AdministratorPasskey
        statement = select(table).where(table.administratorId == administratorId).order_by(col(table.id))
        return (await self._session.exec(statement)).all()

    async def get(self, administratorId: UUID, passkeyId: UUID) -> AdministratorPasskey:
        table = AdministratorPasskey
        statement = select(table).where(table.id == passkeyId, table.administratorId == administratorId)
        passkey = (await self._session.exec(statement)).one_or_none()
        if passkey is None:
            raise PasskeyNotFoundError
        return passkey

    async def findOf(self, administratorId: UUID, credentialId: bytes) -> AdministratorPasskey | None:
        table = AdministratorPasskey
        statement = select(table).where(table.credentialId == credentialId, table.administratorId == administratorId)
        return (await self._session.exec(statement)).one_or_none()

    async def recordUse(self, passkeyId: UUID, assertion: VerifiedAssertion, at: datetime) -> bool:
        table = AdministratorPasskey
        shown = literal(assertion.signCount)
        isUncounted = and_(col(table.signCount) == 0, shown == 0)
        statement = (
            update(table)
            .where(col(table.id) == passkeyId, or_(col(table.signCount) < shown, isUncounted))
            .values(
                {
                    col(table.signCount): assertion.signCount,
                    col(table.isBackedUp): assertion.isBackedUp,
                    col(table.lastUsedAt): at,
                }
            )
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def markRegressed(self, passkeyId: UUID, at: datetime) -> None:
        table = AdministratorPasskey
        statement = update(table).where(col(table.id) == passkeyId).values({col(table.counterRegressedAt): at})
        await (await self._session.connection()).execute(statement)
