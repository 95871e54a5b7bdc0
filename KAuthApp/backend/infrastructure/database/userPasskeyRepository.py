from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, literal, or_, update
from sqlalchemy import select as selectColumns
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyNotFoundError, PasskeyTakenError
from KAuthApp.backend.domain.interfaces.userPasskeyRepositoryInterface import UserPasskeyRepositoryInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint
from shared.backend.utils.paging import Page, PageInput
from shared.backend.webAuthn.ceremoniesInterface import CredentialHint, VerifiedAssertion

_CREDENTIAL_IS_UNIQUE: Final = "uq_user_passkey_credential_id"


class UserPasskeyRepository(BaseRepository[UserPasskey], UserPasskeyRepositoryInterface):
    model = UserPasskey

    async def add(self, row: UserPasskey) -> None:
        try:
            await super().add(row)
        except IntegrityError as error:
            if brokenConstraint(error) != _CREDENTIAL_IS_UNIQUE:
                raise
            raise PasskeyTakenError from None

    async def listOf(self, userId: UUID) -> Sequence[UserPasskey]:
        statement = select(UserPasskey).where(col(UserPasskey.userId) == userId).order_by(col(UserPasskey.id))
        return (await self._session.exec(statement)).all()

    async def listPage(self, userId: UUID, page: PageInput) -> Page[UserPasskey]:
        return await self.page(
            select(UserPasskey).where(col(UserPasskey.userId) == userId), page, ["id"], descending=False
        )

    async def get(self, userId: UUID, passkeyId: UUID) -> UserPasskey:
        statement = select(UserPasskey).where(col(UserPasskey.id) == passkeyId, col(UserPasskey.userId) == userId)
        passkey = (await self._session.exec(statement)).one_or_none()
        if passkey is None:
            raise PasskeyNotFoundError
        return passkey

    async def findOf(self, userId: UUID, credentialId: bytes) -> UserPasskey | None:
        statement = select(UserPasskey).where(
            col(UserPasskey.credentialId) == credentialId, col(UserPasskey.userId) == userId
        )
        return (await self._session.exec(statement)).one_or_none()

    async def findWithOwner(self, credentialId: bytes) -> tuple[UserPasskey, UserAccount] | None:
        statement = (
            select(UserPasskey, UserAccount)
            .join(UserAccount, col(UserAccount.id) == col(UserPasskey.userId))
            .where(col(UserPasskey.credentialId) == credentialId)
        )
        row = (await self._session.exec(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def hintsFor(self, email: EmailAddress) -> Sequence[CredentialHint]:
        # Plain rows: to load entities would take longer for an address that has passkeys than for one that has none.
        statement = (
            selectColumns(col(UserPasskey.credentialId), col(UserPasskey.transports))
            .join(UserAccount, col(UserAccount.id) == col(UserPasskey.userId))
            .where(col(UserAccount.email) == email.normalised)
            .order_by(col(UserPasskey.id))
        )
        rows = (await (await self._session.connection()).execute(statement)).all()
        return [CredentialHint(credentialId=credentialId, transports=transports) for credentialId, transports in rows]

    async def recordUse(self, passkeyId: UUID, assertion: VerifiedAssertion, at: datetime) -> bool:
        shown = literal(assertion.signCount)
        isUncounted = and_(col(UserPasskey.signCount) == 0, shown == 0)
        statement = (
            update(UserPasskey)
            .where(col(UserPasskey.id) == passkeyId, or_(col(UserPasskey.signCount) < shown, isUncounted))
            .values({"signCount": assertion.signCount, "isBackedUp": assertion.isBackedUp, "lastUsedAt": at})
            .returning(col(UserPasskey.id))
        )
        return (await self._session.exec(statement)).scalars().one_or_none() is not None

    async def markRegressed(self, passkeyId: UUID, at: datetime) -> None:
        statement = update(UserPasskey).where(col(UserPasskey.id) == passkeyId).values({"counterRegressedAt": at})
        await (await self._session.connection()).execute(statement)
