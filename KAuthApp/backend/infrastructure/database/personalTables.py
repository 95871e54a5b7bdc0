"""What sign-in holds of a person: given out whole but for secrets, erased whole but for the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.apiKey import ApiKey
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from KAuthApp.backend.domain.models.oneTimeCode import OneTimeCode
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from KAuthApp.backend.domain.models.shadowRegistration import ShadowRegistration
from KAuthApp.backend.domain.models.signInChallenge import SignInChallenge
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userEvent import UserEvent
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from KAuthApp.backend.domain.models.userRecoveryCode import UserRecoveryCode
from KAuthApp.backend.domain.models.userSession import UserSession
from KAuthApp.backend.domain.models.userTotp import UserTotp
from shared.backend.database.engine import Database
from shared.backend.database.personalTables import (
    PAGE_ROWS,
    OwnedRows,
    PersonalRow,
    PersonalTableInterface,
    Reader,
    Sealed,
    toJson,
)
from shared.backend.personalSealer import AUDIT_PURPOSE, SEALED_PREFIX

_FIRST: Final = UUID(int=0)
_AUDIT = text("SELECT * FROM audit_events_of(:userId, :after, :most)")


def authPersonalTables(secrets: SecretMakerInterface) -> Sequence[PersonalTableInterface]:
    """Every table of this service with a path to a person, in the order in which their rows can be erased."""
    return [
        AuditEvents(),
        OwnedRows(RefreshToken, _isTokenOf, secret=("tokenHash", "successorSealed")),
        OwnedRows(SignInChallenge, lambda userId: col(SignInChallenge.userId) == userId, secret=("webAuthnChallenge",)),
        OwnedRows(
            UserSession,
            lambda userId: col(UserSession.userId) == userId,
            secret=("secretHash",),
            sealed={"deviceSealed": Sealed("device", lambda row: f"session:{row['id']}:device", isJson=True)},
        ),
        OwnedRows(OneTimeCode, lambda userId: col(OneTimeCode.userId) == userId, secret=("codeHash",)),
        OwnedRows(UserTotp, lambda userId: col(UserTotp.userId) == userId, secret=("secretSealed",)),
        OwnedRows(UserRecoveryCode, lambda userId: col(UserRecoveryCode.userId) == userId, secret=("codeHash",)),
        OwnedRows(UserPasskey, lambda userId: col(UserPasskey.userId) == userId),
        OwnedRows(KnownDevice, lambda userId: col(KnownDevice.userId) == userId, secret=("tokenHash",)),
        OwnedRows(ApiKey, lambda userId: col(ApiKey.userId) == userId, secret=("secretHash",)),
        OwnedRows(
            EmailChange,
            lambda userId: col(EmailChange.userId) == userId,
            secret=("revertHash",),
            sealed={
                "newEmailSealed": Sealed("newEmail", lambda row: f"emailChange:{row['id']}:new"),
                "oldEmailSealed": Sealed("oldEmail", lambda row: f"emailChange:{row['id']}:old"),
            },
        ),
        RegistrationOfAddress(
            ShadowRegistration, lambda _: false(), secret=("addressIndex", "passwordTag"), secrets=secrets
        ),
        # the end of the account writes one more, which says that it was erased: that one stays for who follows the feed
        OwnedRows(UserEvent, lambda userId: col(UserEvent.userId) == userId),
        OwnedRows(UserKey, lambda userId: col(UserKey.userId) == userId, secret=("keySealed",)),
        OwnedRows(UserAccount, lambda userId: col(UserAccount.id) == userId, secret=("passwordHash",)),
    ]


def _isTokenOf(userId: UUID) -> ColumnElement[bool]:
    return col(RefreshToken.sessionId).in_(select(col(UserSession.id)).where(col(UserSession.userId) == userId))


@dataclass(frozen=True, kw_only=True)
class RegistrationOfAddress(OwnedRows):
    """The note of the latest registration: it knows an address by a keyed hash alone."""

    secrets: SecretMakerInterface

    async def condition(self, session: AsyncSession, userId: UUID) -> ColumnElement[bool]:
        statement = select(col(UserAccount.email)).where(col(UserAccount.id) == userId)
        email = (await (await session.connection()).execute(statement)).scalar_one_or_none()
        if email is None:
            return false()
        return col(ShadowRegistration.addressIndex) == self.secrets.registrationIndex(email)


class AuditEvents(PersonalTableInterface):
    """What the audit says of a person, read by the database's own function. It stays: a number, no name."""

    @property
    def name(self) -> str:
        return "audit_event"

    async def pages(self, database: Database, reader: Reader) -> AsyncIterator[Sequence[PersonalRow]]:
        after = _FIRST
        while True:
            rows = await self._page(database, reader.userId, after)
            if not rows:
                return
            after = UUID(str(rows[-1]["id"]))
            yield [_shown(row, reader) for row in rows]

    async def erase(self, session: AsyncSession, userId: UUID) -> None:
        """Nobody may change it; its addresses cannot be opened once the key is gone."""

    async def _page(self, database: Database, userId: UUID, after: UUID) -> Sequence[Mapping[str, object]]:
        async with database.openSession() as session:
            values = {"userId": userId, "after": after, "most": PAGE_ROWS}
            found = await (await session.connection()).execute(_AUDIT, values)
            return [dict(row) for row in found.mappings()]


def _shown(row: Mapping[str, object], reader: Reader) -> PersonalRow:
    address = row["client_address"]
    isSealed = isinstance(address, str) and address.startswith(SEALED_PREFIX)
    return {
        "id": toJson(row["id"]),
        "chain": toJson(row["chain"]),
        "occurredAt": toJson(row["occurred_at"]),
        "actorKind": toJson(row["actor_kind"]),
        "action": toJson(row["action"]),
        "targetKind": toJson(row["target_kind"]),
        "targetId": toJson(row["target_id"]),
        "before": toJson(row["before_state"]),
        "after": toJson(row["after_state"]),
        "clientAddress": reader.open(str(address), AUDIT_PURPOSE) if isSealed else toJson(address),
    }
