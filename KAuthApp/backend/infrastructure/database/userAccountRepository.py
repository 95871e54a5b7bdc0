from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, inspect, literal, union_all
from sqlalchemy import select as selectColumns
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from KAuthApp.backend.domain.exceptions.authErrors import EmailTakenError, UnauthenticatedError
from KAuthApp.backend.domain.interfaces.userAccountRepositoryInterface import UserAccountRepositoryInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserLocale, UserStatus
from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from KAuthApp.backend.domain.models.userRecoveryCode import UserRecoveryCode
from KAuthApp.backend.domain.models.userTotp import UserTotp
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint

# The public server's role may write these and no others: roles and suspension belong to administrators.
_REGISTERED: Final = (
    "id",
    "email",
    "emailAsGiven",
    "fullName",
    "locale",
    "passwordHash",
    "passwordChangedAt",
    "status",
    "createdAt",
    "updatedAt",
)
_RENEWED: Final = ("emailAsGiven", "fullName", "locale", "passwordHash", "passwordChangedAt", "updatedAt")
# Every sign-in runs these, so they are built once.
_FOR_UPDATE: Final = (
    select(UserAccount).where(col(UserAccount.id) == bindparam("userId")).with_for_update(key_share=True)
)
_FACTORS: Final = selectColumns(
    exists().where(col(UserTotp.userId) == bindparam("userId"), col(UserTotp.confirmedAt).is_not(None)),
    selectColumns(func.count()).where(col(UserPasskey.userId) == bindparam("userId")).scalar_subquery(),
    selectColumns(func.count())
    .where(col(UserRecoveryCode.userId) == bindparam("userId"), col(UserRecoveryCode.usedAt).is_(None))
    .scalar_subquery(),
)
# Stands in for nobody: it is quicker to find no row than to make one into an account, and the time would tell.
_SOME_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NOBODY: Final = UserAccount(
    id=UUID(int=0),
    email="nobody@example.com",
    emailAsGiven="nobody@example.com",
    fullName="Nobody",
    locale=UserLocale.EN,
    passwordHash="-",
    passwordChangedAt=_SOME_TIME,
    status=UserStatus.ACTIVE,
    emailVerifiedAt=_SOME_TIME,
    isContested=False,
    roles=[],
    createdAt=_SOME_TIME,
    updatedAt=_SOME_TIME,
    lastLoginAt=_SOME_TIME,
)


def _orNobody(*, forUpdate: bool) -> SelectOfScalar[UserAccount]:
    """The account at an address, or `_NOBODY`: always one row."""
    columns = inspect(UserAccount).columns
    isTheirs = col(UserAccount.email) == bindparam("email")
    found = selectColumns(*columns).where(isTheirs)
    # PostgreSQL locks no rows of a union, but those of a select inside of it
    locked = selectColumns(found.with_for_update(key_share=True).subquery()) if forUpdate else found
    nobody = selectColumns(*(literal(getattr(_NOBODY, name), column.type) for name, column in columns.items()))
    either = union_all(locked, nobody.where(~exists().where(isTheirs)))
    return select(aliased(UserAccount, either.subquery()))


_BY_EMAIL: Final = _orNobody(forUpdate=False)
_BY_EMAIL_FOR_UPDATE: Final = _orNobody(forUpdate=True)


class UserAccountRepository(BaseRepository[UserAccount], UserAccountRepositoryInterface):
    model = UserAccount

    async def register(self, account: UserAccount, isContested: bool = False) -> UserAccount | None:
        columns = inspect(UserAccount).columns
        values = [literal(getattr(account, name), columns[name].type) for name in _REGISTERED]
        names = [_columnOf(name) for name in _REGISTERED]
        statement = insert(UserAccount).from_select(names, selectColumns(*values), include_defaults=False)
        renewed = statement.on_conflict_do_update(
            index_elements=[col(UserAccount.email)],
            set_={
                **{_columnOf(name): statement.excluded[_columnOf(name)] for name in _RENEWED},
                "is_contested": col(UserAccount.isContested) | isContested,
            },
            where=col(UserAccount.status) == UserStatus.PENDING_VERIFICATION,
        ).returning(UserAccount)
        return (
            (await self._session.exec(renewed, execution_options={"populate_existing": True})).scalars().one_or_none()
        )

    async def findByEmail(self, email: EmailAddress) -> UserAccount | None:
        return await self._findBy(_BY_EMAIL, email)

    async def findByEmailForUpdate(self, email: EmailAddress) -> UserAccount | None:
        return await self._findBy(_BY_EMAIL_FOR_UPDATE, email)

    async def _findBy(self, statement: SelectOfScalar[UserAccount], email: EmailAddress) -> UserAccount | None:
        account = (await self._session.exec(statement, params={"email": email.normalised})).one_or_none()
        return None if account is None or account.id == _NOBODY.id else account

    async def removeUnprovenBefore(self, before: datetime, most: int) -> Sequence[UUID]:
        unproven = (
            select(UserAccount.id)
            .where(
                col(UserAccount.status) == UserStatus.PENDING_VERIFICATION,
                col(UserAccount.createdAt) < before,  # follows from the next, and is what the index knows
                col(UserAccount.updatedAt) < before,
            )
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = delete(UserAccount).where(col(UserAccount.id).in_(unproven)).returning(col(UserAccount.id))
        return (await self._session.exec(statement)).scalars().all()

    async def get(self, userId: UUID) -> UserAccount:
        return _found(await self.find(userId))

    async def getForUpdate(self, userId: UUID) -> UserAccount:
        return _found((await self._session.exec(_FOR_UPDATE, params={"userId": userId})).one_or_none())

    async def moveTo(self, user: UserAccount, email: EmailAddress, at: datetime) -> None:
        unproven = delete(UserAccount).where(
            col(UserAccount.email) == email.normalised,
            col(UserAccount.status) == UserStatus.PENDING_VERIFICATION,
            col(UserAccount.id) != user.id,
        )
        await (await self._session.connection()).execute(unproven)
        user.moveTo(email, at)
        try:
            await self._session.flush()
        except IntegrityError as error:
            if brokenConstraint(error) == "uq_user_account_email":
                raise EmailTakenError from error
            raise

    async def secondFactorsOf(self, userId: UUID) -> SecondFactors:
        answered = await (await self._session.connection()).execute(_FACTORS, {"userId": userId})
        totp, passkeyCount, left = answered.one()
        return SecondFactors(totp=totp, passkeys=passkeyCount, recoveryCodesLeft=left)


def _columnOf(attribute: str) -> str:
    return str(inspect(UserAccount).columns[attribute].name)


def _found(account: UserAccount | None) -> UserAccount:
    if account is None:
        raise UnauthenticatedError
    return account
