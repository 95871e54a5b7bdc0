from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, text
from sqlmodel import col, select

from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import (
    AuditEventRepositoryInterface,
    AuditFilter,
    ChainVerdict,
)
from KSysAdmin.backend.domain.models.auditEvent import AuditChainHead, AuditEvent
from KSysAdmin.backend.infrastructure.database.auditSearch import KINDS, ORDER, AuditSearch, Kind
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import Page, PageInput

LONGEST_VERIFICATION = "10min"


class AuditEventRepository(BaseRepository[AuditEvent], AuditEventRepositoryInterface):
    model = AuditEvent

    async def listPage(self, wanted: AuditFilter, page: PageInput) -> Page[AuditEvent]:
        inTime = _within(wanted)
        if wanted.actor is None and wanted.action is None and wanted.target is None:
            return await self.page(select(AuditEvent).where(*inTime), page, ORDER)
        kinds = [Kind(*row) for row in await (await self._session.connection()).execute(KINDS)]
        remaining = [*inTime, *self.afterCursor(page, ORDER)]
        ids = AuditSearch(wanted, kinds).newest(remaining, page.limit + 1)
        return await self.page(select(AuditEvent).where(col(AuditEvent.id).in_(ids)), page, ORDER)

    async def verify(self) -> Sequence[ChainVerdict]:
        connection = await self._session.connection()
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        await connection.execute(text(f"SET LOCAL statement_timeout = '{LONGEST_VERIFICATION}'"))
        statement = select(
            AuditChainHead.chain,
            AuditChainHead.seq,
            AuditChainHead.hash,
            func.verify_audit_chain(AuditChainHead.chain),
        ).order_by(col(AuditChainHead.chain))
        rows = (await self._session.exec(statement)).all()
        return [
            ChainVerdict(chain=chain, events=seq, firstBadSeq=firstBad, headHash=headHash.hex())
            for chain, seq, headHash, firstBad in rows
        ]


def _within(wanted: AuditFilter) -> Sequence[ColumnElement[bool]]:
    since = [] if wanted.occurredFrom is None else [col(AuditEvent.occurredAt) >= wanted.occurredFrom]
    until = [] if wanted.occurredTo is None else [col(AuditEvent.occurredAt) < wanted.occurredTo]
    return [*since, *until]
