from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, text
from sqlmodel import col, select

from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import (
    AuditEventRepositoryInterface,
    AuditFilter,
    ChainVerdict,
)
from KSysAdmin.backend.domain.models.auditEvent import AuditChainHead, AuditEvent
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.utils.paging import Page, PageInput

LONGEST_VERIFICATION = "10min"


class AuditEventRepository(BaseRepository[AuditEvent], AuditEventRepositoryInterface):
    model = AuditEvent

    async def listPage(self, wanted: AuditFilter, page: PageInput) -> Page[AuditEvent]:
        statement = select(AuditEvent)
        if wanted.actor is not None:
            statement = statement.where(
                or_(*(col(each) == wanted.actor for each in (AuditEvent.actorId, AuditEvent.actorKind)))
            )
        if wanted.action is not None:
            statement = statement.where(_actionIs(wanted.action))
        if wanted.target is not None:
            statement = statement.where(
                or_(*(col(each) == wanted.target for each in (AuditEvent.targetId, AuditEvent.targetKind)))
            )
        if wanted.occurredFrom is not None:
            statement = statement.where(AuditEvent.occurredAt >= wanted.occurredFrom)
        if wanted.occurredTo is not None:
            statement = statement.where(AuditEvent.occurredAt < wanted.occurredTo)
        return await self.page(statement, page, ["occurredAt", "id"])

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


def _actionIs(action: str) -> ColumnElement[bool]:
    family = action.removesuffix("*")
    if family != action or action.endswith("."):
        return col(AuditEvent.action).startswith(family, autoescape=True)
    return col(AuditEvent.action) == action
