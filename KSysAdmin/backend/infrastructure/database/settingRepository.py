from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysAdmin.backend.domain.exceptions.settingErrors import RateLimitPolicyExistsError, RateLimitPolicyNotFoundError
from KSysAdmin.backend.domain.interfaces.settingRepositoryInterface import (
    PolicyRepositoryInterface,
    PublicationRepositoryInterface,
    SettingRepositoryInterface,
)
from KSysAdmin.backend.domain.models.publication import Publication, PublicationName
from KSysAdmin.backend.domain.models.rateLimitPolicy import RateLimitPolicy
from KSysAdmin.backend.domain.models.setting import Setting, SettingHistory
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint
from shared.backend.utils.paging import Page, PageInput


class SettingRepository(BaseRepository[SettingHistory], SettingRepositoryInterface):
    model = SettingHistory

    async def listAll(self) -> Mapping[str, Setting]:
        return {setting.key: setting for setting in (await self._session.exec(select(Setting))).all()}

    async def findByKey(self, key: str) -> Setting | None:
        return (await self._session.exec(select(Setting).where(Setting.key == key))).one_or_none()

    async def store(self, setting: Setting, change: SettingHistory) -> None:
        self._session.add(setting)
        self._session.add(change)
        await self._session.flush()

    async def history(self, key: str, page: PageInput) -> Page[SettingHistory]:
        return await self.page(select(SettingHistory).where(SettingHistory.key == key), page, ["id"])


class PublicationRepository(PublicationRepositoryInterface):
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, name: PublicationName) -> Publication:
        statement = select(Publication).where(Publication.name == name.value).with_for_update()
        return (await self._session.exec(statement)).one()

    async def version(self, name: PublicationName) -> int:
        return (await self._session.exec(select(Publication.version).where(Publication.name == name.value))).one()


class PolicyRepository(BaseRepository[RateLimitPolicy], PolicyRepositoryInterface):
    model = RateLimitPolicy

    async def listAll(self) -> Sequence[RateLimitPolicy]:
        return (await self._session.exec(select(RateLimitPolicy).order_by(col(RateLimitPolicy.id)))).all()

    async def listPage(self, page: PageInput) -> Page[RateLimitPolicy]:
        return await self.page(select(RateLimitPolicy), page, ["name"], descending=False)

    async def getForUpdate(self, policyId: UUID) -> RateLimitPolicy:
        statement = select(RateLimitPolicy).where(RateLimitPolicy.id == policyId).with_for_update()
        policy = (await self._session.exec(statement)).one_or_none()
        if policy is None:
            raise RateLimitPolicyNotFoundError(f"rate limit {policyId} does not exist")
        return policy

    async def add(self, row: RateLimitPolicy) -> None:
        name = row.name  # a refused row can no longer be read
        try:
            await super().add(row)
        except IntegrityError as error:
            if brokenConstraint(error) == "uq_rate_limit_policy_name":
                raise RateLimitPolicyExistsError(f"there is a rate limit named {name}") from error
            raise

    async def save(self, policy: RateLimitPolicy) -> None:
        await self.add(policy)
