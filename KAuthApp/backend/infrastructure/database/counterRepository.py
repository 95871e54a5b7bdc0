from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, text, tuple_, update
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.counterRepositoryInterface import CounterRepositoryInterface, Subjects
from KAuthApp.backend.domain.models.failureCounter import CounterKind, FailureCounter
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy, Tally
from shared.backend.database.baseRepository import BaseRepository

# As text: every sign-in runs them, and building such a statement takes longer than PostgreSQL needs for it.
_GIVEN: Final = "unnest(CAST(:kinds AS text[]), CAST(:subjects AS text[]))"
_READ: Final = text(
    f"""SELECT kind, failures, first_failed_at, last_failed_at FROM failure_counter
    WHERE (kind, subject_hash) IN (SELECT * FROM {_GIVEN})"""  # noqa: S608 - nothing from outside is in it
)
_COUNT: Final = text(
    f"""WITH rule AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:cutOffs AS timestamptz[]), CAST(:inARow AS boolean[]))
            AS given(kind, cut_off, is_in_a_row)
    )
    INSERT INTO failure_counter AS counter (kind, subject_hash, failures, first_failed_at, last_failed_at)
    SELECT given.*, 1, :at, :at FROM {_GIVEN} AS given
    ON CONFLICT (kind, subject_hash) DO UPDATE SET (failures, first_failed_at, last_failed_at) = (
        SELECT CASE WHEN judged.is_forgotten THEN 1 ELSE counter.failures + 1 END,
            CASE WHEN judged.is_forgotten THEN excluded.first_failed_at ELSE counter.first_failed_at END,
            excluded.last_failed_at
        FROM (
            SELECT CASE WHEN rule.is_in_a_row THEN counter.last_failed_at ELSE counter.first_failed_at END
                <= rule.cut_off AS is_forgotten
            FROM rule WHERE rule.kind = counter.kind
        ) AS judged
    )
    RETURNING kind, failures"""  # noqa: S608 - nothing from outside is in it
)
_FORGET: Final = text(
    f"""WITH locked AS MATERIALIZED (
        SELECT kind, subject_hash FROM failure_counter WHERE (kind, subject_hash) IN (SELECT * FROM {_GIVEN})
        ORDER BY kind COLLATE "C", subject_hash COLLATE "C" FOR UPDATE
    )
    DELETE FROM failure_counter AS counter USING locked
    WHERE (counter.kind, counter.subject_hash) = (locked.kind, locked.subject_hash)
    RETURNING counter.kind, failures, last_failed_at"""  # noqa: S608 - nothing from outside is in it
)


class CounterRepository(BaseRepository[FailureCounter], CounterRepositoryInterface):
    """Rows are always locked in the order of kind and subject, so that two that count never wait for each other."""

    model = FailureCounter

    async def read(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, Tally]:
        found = {kind: Tally() for kind in subjects}
        rows = await (await self._session.connection()).execute(_READ, _given(subjects))
        for name, failures, firstAt, lastAt in rows.all():
            kind = CounterKind(name)
            isRemembered = (lastAt if policy.isInARow(kind) else firstAt) > policy.cutOff(kind, at)
            found[kind] = Tally(count=failures, lastAt=lastAt) if isRemembered else Tally()
        return found

    async def count(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, int]:
        given = _given(subjects)
        kinds = [CounterKind(kind) for kind in given["kinds"]]
        rules = {"cutOffs": [policy.cutOff(kind, at) for kind in kinds], "inARow": [*map(policy.isInARow, kinds)]}
        rows = await (await self._session.connection()).execute(_COUNT, {**given, **rules, "at": at})
        return {CounterKind(kind): failures for kind, failures in rows.all()}

    async def forget(self, subjects: Subjects) -> Mapping[CounterKind, Tally]:
        rows = await (await self._session.connection()).execute(_FORGET, _given(subjects))
        return {CounterKind(kind): Tally(count=failures, lastAt=lastAt) for kind, failures, lastAt in rows.all()}

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


def _given(subjects: Subjects) -> Mapping[str, list[str]]:
    ordered = sorted((kind.value, subject) for kind, subject in subjects.items())
    return {"kinds": [kind for kind, _ in ordered], "subjects": [subject for _, subject in ordered]}
