from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from KSysAdmin.backend.domain.exceptions.administratorErrors import AdministratorExistsError, AdministratorNotFoundError
from KSysAdmin.backend.domain.interfaces.administratorRepositoryInterface import AdministratorRepositoryInterface
from KSysAdmin.backend.domain.models.administrator import Administrator, AdministratorStatus
from KSysAdmin.backend.domain.models.role import AdministratorRole, Role
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint
from shared.backend.utils.paging import Page, PageInput

_CREATION_LOCK: Final = 0x4B41444D


class AdministratorRepository(BaseRepository[Administrator], AdministratorRepositoryInterface):
    model = Administrator

    async def add(self, row: Administrator) -> None:
        email = row.email
        try:
            await super().add(row)
        except IntegrityError as error:
            if brokenConstraint(error) == "uq_administrator_email":
                raise AdministratorExistsError(f"{email} is an administrator already") from error
            raise

    async def lockCreation(self) -> None:
        connection = await self._session.connection()
        await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _CREATION_LOCK})

    async def isAnyThere(self) -> bool:
        return (await self._session.exec(select(Administrator.id).limit(1))).first() is not None

    async def findByEmail(self, email: str) -> Administrator | None:
        return (await self._session.exec(select(Administrator).where(Administrator.email == email))).one_or_none()

    async def getForUpdate(self, administratorId: UUID) -> Administrator:
        statement = select(Administrator).where(Administrator.id == administratorId).with_for_update(key_share=True)
        administrator = (await self._session.exec(statement)).one_or_none()
        if administrator is None:
            raise AdministratorNotFoundError
        return administrator

    async def countTry(self, administratorId: UUID) -> int:
        failures = col(Administrator.failuresInARow)
        statement = (
            update(Administrator)
            .where(col(Administrator.id) == administratorId)
            .values({failures: failures + 1})
            .returning(failures)
        )
        return (await (await self._session.connection()).execute(statement)).scalar_one_or_none() or 0

    async def lockTries(self, email: str) -> None:
        connection = await self._session.connection()
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:email, 0))"), {"email": email})

    async def takeTryBack(self, administratorId: UUID) -> None:
        failures = col(Administrator.failuresInARow)
        statement = (
            update(Administrator)
            .where(col(Administrator.id) == administratorId, failures > 0)
            .values({failures: failures - 1})
        )
        await (await self._session.connection()).execute(statement)

    async def giveRole(self, administratorId: UUID, roleId: UUID) -> None:
        self._session.add(AdministratorRole(administratorId=administratorId, roleId=roleId))
        await self._session.flush()

    async def replaceRoles(self, administratorId: UUID, roles: Collection[Role]) -> None:
        await (await self._session.connection()).execute(
            delete(AdministratorRole).where(col(AdministratorRole.administratorId) == administratorId)
        )
        self._session.add_all(AdministratorRole(administratorId=administratorId, roleId=role.id) for role in roles)
        await self._session.flush()

    async def rolesOf(self, administratorIds: Collection[UUID]) -> Mapping[UUID, Sequence[Role]]:
        statement = (
            select(AdministratorRole.administratorId, Role)
            .join(Role, col(Role.id) == col(AdministratorRole.roleId))
            .where(col(AdministratorRole.administratorId).in_(administratorIds))
            .order_by(col(Role.name))
        )
        rows = (await self._session.exec(statement)).all()
        return {each: [role for holder, role in rows if holder == each] for each in administratorIds}

    async def listPage(self, page: PageInput) -> Page[Administrator]:
        return await self.page(select(Administrator), page, ["email"], descending=False)

    async def countActiveWith(self, roleId: UUID) -> int:
        await self._session.flush()
        statement = (
            select(func.count())
            .select_from(Administrator)
            .join(AdministratorRole, col(AdministratorRole.administratorId) == col(Administrator.id))
            .where(AdministratorRole.roleId == roleId, Administrator.status == AdministratorStatus.ACTIVE)
        )
        return (await self._session.exec(statement)).one()
