from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysAdmin.backend.domain.interfaces.penaltyBoxRepositoryInterface import PenaltyBoxRepositoryInterface
from KSysAdmin.backend.domain.models.penaltyBox import PenaltyBox


class PenaltyBoxRepository(PenaltyBoxRepositoryInterface):
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self) -> PenaltyBox:
        return (await self._session.exec(select(PenaltyBox))).one()

    async def save(self, box: PenaltyBox) -> None:
        self._session.add(box)
        await self._session.flush()
