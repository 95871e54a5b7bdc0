from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from KSysAdmin.backend.domain.exceptions.administratorErrors import SessionNotFoundError
from KSysAdmin.backend.domain.interfaces.administratorSessionRepositoryInterface import (
    AdministratorSessionRepositoryInterface,
)
from KSysAdmin.backend.domain.models.administrator import Administrator, AdministratorStatus
from KSysAdmin.backend.domain.models.administratorSession import AdministratorSession
from KSysAdmin.backend.domain.models.role import OWNER_ROLE_NAME, AdministratorRole, Role, RolePermission
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.clientNetwork import networkOf

KNOWN_PERMISSIONS = frozenset(permission.value for permission in Permission)


class AdministratorSessionRepository(BaseRepository[AdministratorSession], AdministratorSessionRepositoryInterface):
    model = AdministratorSession

    async def findActor(self, secretHash: str, policy: AdminSessionPolicy, at: datetime) -> AdminActor | None:
        statement = (
            select(AdministratorSession, Administrator)
            .join(Administrator, col(Administrator.id) == col(AdministratorSession.administratorId))
            .where(
                AdministratorSession.secretHash == secretHash,
                Administrator.status == AdministratorStatus.ACTIVE,
            )
        )
        found = (await self._session.exec(statement)).one_or_none()
        if found is None or not found[0].isLive(policy, at):
            return None
        session, administrator = found
        roles = await self._rolesOf(administrator.id)
        return AdminActor(
            administratorId=administrator.id,
            sessionId=session.id,
            email=administrator.email,
            roles=tuple(role.name for role in roles),
            permissions=await self._permissionsOf(roles),
            sessionCreatedAt=session.createdAt,
            sessionIdleAt=session.idleAt(policy),
            sessionExpiresAt=session.expiresAt,
        )

    async def touch(self, sessionId: UUID, policy: AdminSessionPolicy, at: datetime) -> bool:
        statement = (
            update(AdministratorSession)
            .where(
                col(AdministratorSession.id) == sessionId,
                col(AdministratorSession.endedAt).is_(None),
                col(AdministratorSession.expiresAt) > at,
                col(AdministratorSession.lastSeenAt) > at - timedelta(minutes=policy.idleMinutes),
            )
            .values({col(AdministratorSession.lastSeenAt): at})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def end(self, sessionId: UUID, at: datetime) -> bool:
        statement = (
            update(AdministratorSession)
            .where(col(AdministratorSession.id) == sessionId, col(AdministratorSession.endedAt).is_(None))
            .values({col(AdministratorSession.endedAt): at})
        )
        return (await (await self._session.connection()).execute(statement)).rowcount == 1

    async def endAll(self, administratorId: UUID, at: datetime, exceptId: UUID | None = None) -> Sequence[UUID]:
        table = AdministratorSession
        others = [] if exceptId is None else [col(table.id) != exceptId]
        statement = (
            update(table)
            .where(col(table.administratorId) == administratorId, col(table.endedAt).is_(None), *others)
            .values({col(table.endedAt): at})
            .returning(col(table.id))
        )
        return (await self._session.exec(statement)).scalars().all()

    async def getUnended(self, administratorId: UUID, sessionId: UUID) -> AdministratorSession:
        statement = _unended(administratorId).where(AdministratorSession.id == sessionId)
        session = (await self._session.exec(statement.with_for_update(key_share=True))).one_or_none()
        if session is None:
            raise SessionNotFoundError(f"session {sessionId} does not exist or is over")
        return session

    async def listLive(
        self, administratorId: UUID, policy: AdminSessionPolicy, at: datetime
    ) -> Sequence[AdministratorSession]:
        newestFirst = (col(AdministratorSession.createdAt).desc(), col(AdministratorSession.id).desc())
        sessions = (await self._session.exec(_unended(administratorId).order_by(*newestFirst))).all()
        return [session for session in sessions if session.isLive(policy, at)]

    async def knowsAddress(self, administratorId: UUID, clientAddress: str) -> bool:
        statement = select(
            exists().where(
                col(AdministratorSession.administratorId) == administratorId,
                col(AdministratorSession.clientNetwork) == networkOf(clientAddress),
            )
        )
        return bool((await self._session.exec(statement)).one())

    async def _rolesOf(self, administratorId: UUID) -> Sequence[Role]:
        statement = (
            select(Role)
            .join(AdministratorRole, col(AdministratorRole.roleId) == col(Role.id))
            .where(AdministratorRole.administratorId == administratorId)
            .order_by(col(Role.name))
        )
        return (await self._session.exec(statement)).all()

    async def _permissionsOf(self, roles: Sequence[Role]) -> frozenset[Permission]:
        if any(role.builtIn and role.name == OWNER_ROLE_NAME for role in roles):
            return frozenset(Permission)
        statement = select(RolePermission.permission).where(col(RolePermission.roleId).in_([role.id for role in roles]))
        stored = (await self._session.exec(statement)).all()
        return frozenset(Permission(permission) for permission in stored if permission in KNOWN_PERMISSIONS)


def _unended(administratorId: UUID) -> SelectOfScalar[AdministratorSession]:
    return select(AdministratorSession).where(
        AdministratorSession.administratorId == administratorId, col(AdministratorSession.endedAt).is_(None)
    )
