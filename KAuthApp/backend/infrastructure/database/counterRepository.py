from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.counterRepositoryInterface import CounterRepositoryInterface, Subjects
from KAuthApp.backend.domain.models.failureCounter import CounterKind, FailureCounter
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy, Tally
from shared.backend.database.baseRepository import BaseRepository


class CounterRepository(BaseRepository[FailureCounter], CounterRepositoryInterface):
    """Rows are always locked in the order of kind and subject, so that two that count never wait for each other."""

    model = FailureCounter

    async def read(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, Tally]:
        found = {kind: Tally() for kind in subjects}
        for row in (await self._session.exec(select(FailureCounter).where(_isOneOf(subjects)))).all():
            decisive = row.lastFailedAt if policy.isInARow(row.kind) else row.firstFailedAt
            isRemembered = decisive > policy.cutOff(row.kind, at)
            found[row.kind] = Tally(count=row.failures, lastAt=row.lastFailedAt) if isRemembered else Tally()
        return found

    async def count(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, int]:
        ordered = sorted(subjects.items(), key=lambda item: (item[0].value, item[1]))
        statement = insert(FailureCounter).values(
            [
                {"kind": kind, "subject_hash": subject, "failures": 1, "first_failed_at": at, "last_failed_at": at}
                for kind, subject in ordered
            ]
        )
        isForgotten = or_(*(_isForgotten(kind, policy, at) for kind, _ in ordered))
        counted = statement.on_conflict_do_update(
            index_elements=[col(FailureCounter.kind), col(FailureCounter.subjectHash)],
            set_={
                "failures": case((isForgotten, 1), else_=col(FailureCounter.failures) + 1),
                "first_failed_at": case((isForgotten, at), else_=col(FailureCounter.firstFailedAt)),
                "last_failed_at": at,
            },
        ).returning(col(FailureCounter.kind), col(FailureCounter.failures))
        rows = (await (await self._session.connection()).execute(counted)).all()
        return {row.kind: row.failures for row in rows}

    async def forget(self, subjects: Subjects) -> Mapping[CounterKind, Tally]:
        locked = (
            select(FailureCounter.kind, FailureCounter.subjectHash)
            .where(_isOneOf(subjects))
            .order_by(col(FailureCounter.kind), col(FailureCounter.subjectHash))
            .with_for_update()
        )
        statement = (
            delete(FailureCounter)
            .where(tuple_(col(FailureCounter.kind), col(FailureCounter.subjectHash)).in_(locked))
            .returning(col(FailureCounter.kind), col(FailureCounter.failures), col(FailureCounter.lastFailedAt))
        )
        rows = (await (await self._session.connection()).execute(statement)).all()
        return {kind: Tally(count=failures, lastAt=lastAt) for kind, failures, lastAt in rows}

    async def takeBack(self, kind: CounterKind, subject: str, count: int) -> int:
        statement = (
            update(FailureCounter)
            .where(col(FailureCounter.kind) == kind, col(FailureCounter.subjectHash) == subject)
            .values({"failures": func.greatest(0, col(FailureCounter.failures) - count)})
            .returning(col(FailureCounter.failures))
        )
        return (await (await self._session.connection()).execute(statement)).scalar_one_or_none() or 0

    async def removeOlder(self, before: datetime, most: int) -> int:
        old = (
            select(FailureCounter.kind, FailureCounter.subjectHash)
            .where(col(FailureCounter.lastFailedAt) < before)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        statement = (
            delete(FailureCounter)
            .where(tuple_(col(FailureCounter.kind), col(FailureCounter.subjectHash)).in_(old))
            .returning(col(FailureCounter.kind))
        )
        return len((await self._session.exec(statement)).scalars().all())


def _isOneOf(subjects: Subjects) -> ColumnElement[bool]:
    return or_(
        *(
            and_(col(FailureCounter.kind) == kind, col(FailureCounter.subjectHash) == subject)
            for kind, subject in subjects.items()
        )
    )


def _isForgotten(kind: CounterKind, policy: CounterPolicy, at: datetime) -> ColumnElement[bool]:
    decisive = col(FailureCounter.lastFailedAt) if policy.isInARow(kind) else col(FailureCounter.firstFailedAt)
    return and_(col(FailureCounter.kind) == kind, decisive <= policy.cutOff(kind, at))
