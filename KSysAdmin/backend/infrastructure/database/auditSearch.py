from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    column,
    false,
    select,
    text,
    true,
    tuple_,
    values,
)
from sqlmodel import col

from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import AuditFilter
from KSysAdmin.backend.domain.models.auditEvent import AuditEvent

ORDER: Final = ("occurredAt", "id")
_ACTOR_KIND, _TARGET_KIND, _ACTION = col(AuditEvent.actorKind), col(AuditEvent.targetKind), col(AuditEvent.action)
_NEWEST_FIRST: Final = (col(AuditEvent.occurredAt).desc(), col(AuditEvent.id).desc())

# From each kind straight to the next one in the index: as many steps as there are kinds, however many events.
KINDS: Final = text("""
    WITH RECURSIVE kind AS (
        (SELECT actor_kind, target_kind, action FROM audit_event ORDER BY actor_kind, target_kind, action LIMIT 1)
        UNION ALL
        SELECT later.actor_kind, later.target_kind, later.action FROM kind, LATERAL (
            SELECT event.actor_kind, event.target_kind, event.action FROM audit_event AS event
            WHERE (event.actor_kind, event.target_kind, event.action)
                > (kind.actor_kind, kind.target_kind, kind.action)
            ORDER BY event.actor_kind, event.target_kind, event.action LIMIT 1
        ) AS later
    )
    SELECT actor_kind, target_kind, action FROM kind
""")


class Kind(NamedTuple):
    """What sort of actor did what to what sort of thing. There may be hundreds, and millions of events of each."""

    actorKind: str
    targetKind: str
    action: str


class AuditSearch:
    """
    One search, knowing which kinds of events there are; `actor` and `target` are each an id or the name of a sort.

    The events of one target are few. For anything else the newest of each kind are merged: nothing is walked that
    is not shown, however old and rare, or new and common, the events are.
    """

    def __init__(self, wanted: AuditFilter, kinds: Sequence[Kind]) -> None:
        self._wanted = wanted
        self._isSortOfActor = any(kind.actorKind == wanted.actor for kind in kinds)
        self._isSortOfTarget = any(kind.targetKind == wanted.target for kind in kinds)
        self._kinds = [kind for kind in kinds if self._fits(kind)]

    def newest(self, remaining: Sequence[ColumnElement[bool]], most: int) -> Select[UUID]:
        """The ids of the newest that were asked for, among what remains."""
        conditions = [*self._ofActor(), *self._ofTarget(), *remaining]
        if self._ofTarget():
            fits = tuple_(_ACTOR_KIND, _TARGET_KIND, _ACTION).in_(self._kinds)
            return select(col(AuditEvent.id)).where(fits, *conditions).order_by(*_NEWEST_FIRST).limit(most)
        if self._ofActor():
            fitting = tuple_(_ACTOR_KIND, _TARGET_KIND).in_({kind[:2] for kind in self._kinds})
            actions = sorted({(kind.action,) for kind in self._kinds})
            return _newestOfEach((_ACTION,), actions, [fitting, *conditions], most)
        return _newestOfEach((_ACTOR_KIND, _TARGET_KIND, _ACTION), self._kinds, conditions, most)

    def _ofActor(self) -> Sequence[ColumnElement[bool]]:
        isAnId = self._wanted.actor is not None and not self._isSortOfActor
        return [col(AuditEvent.actorId) == self._wanted.actor] if isAnId else []

    def _ofTarget(self) -> Sequence[ColumnElement[bool]]:
        isAnId = self._wanted.target is not None and not self._isSortOfTarget
        return [col(AuditEvent.targetId) == self._wanted.target] if isAnId else []

    def _fits(self, kind: Kind) -> bool:
        return (
            (not self._isSortOfActor or kind.actorKind == self._wanted.actor)
            and (not self._isSortOfTarget or kind.targetKind == self._wanted.target)
            and (self._wanted.action is None or _isOf(kind.action, self._wanted.action))
        )


def _isOf(action: str, wanted: str) -> bool:
    """A trailing star or dot stands for a family."""
    family = wanted.removesuffix("*")
    isFamily = family != wanted or wanted.endswith(".")
    return action.startswith(family) if isFamily else action == wanted


def _newestOfEach(
    columns: Sequence[SQLColumnExpression[str]],
    kinds: Sequence[tuple[str, ...]],
    conditions: Sequence[ColumnElement[bool]],
    most: int,
) -> Select[UUID]:
    if not kinds:
        return select(col(AuditEvent.id)).where(false())
    names = [f"part_{number}" for number in range(len(columns))]
    kind = values(*(column(name, String) for name in names), name="kind").data(kinds)
    isOfKind = [each == kind.c[name] for each, name in zip(columns, names, strict=True)]
    newest = (
        select(col(AuditEvent.id), col(AuditEvent.occurredAt))
        .where(*isOfKind, *conditions)
        .order_by(*_NEWEST_FIRST)
        .limit(most)
        .lateral("newest")
    )
    inOrder = (newest.c.occurredAt.desc(), newest.c.id.desc())
    return select(newest.c.id).select_from(kind.join(newest, true())).order_by(*inOrder).limit(most)
