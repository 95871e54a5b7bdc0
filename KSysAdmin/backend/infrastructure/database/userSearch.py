from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, literal_column, select, text
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlmodel import col

from KSysAdmin.backend.domain.interfaces.userRepositoryInterface import UserFilter
from KSysAdmin.backend.domain.models.userAccount import UserAccount

ORDER: Final = ("createdAt", "id")
WALKED: Final = 10_000
BETWEEN_WORDS: Final = "[^[:alnum:]]+"
_WORDS: Final = literal_column("search_words", TSVECTOR)
_NEWEST_FIRST: Final = (col(UserAccount.createdAt).desc(), col(UserAccount.id).desc())

# What was typed as beginnings of words, all of which must be there; quoted, so that nothing of it is an operator.
# An address stays in one piece: whole, it finds that one account. PostgreSQL splits, as it did for what is stored.
_ASKED: Final = r"""
    SELECT CAST(
        string_agg('''' || replace(replace(word, '\', '\\'), '''', '''''') || ''':*', ' & ') AS tsquery
    ) AS asked
    FROM (
        SELECT word FROM regexp_split_to_table(lower(:query), '\s+') AS typed, unnest(
            CASE WHEN typed ~ '^[^@]+@' THEN ARRAY['@' || typed] ELSE regexp_split_to_array(typed, :between) END
        ) AS word WHERE word <> '' LIMIT 8
    ) AS words
"""


def firstAmongNewest(wanted: UserFilter, remaining: Sequence[ColumnElement[bool]], most: int) -> Select[UUID]:
    """The first of the newest accounts that match: anything common is found without looking at the rest."""
    columns = (col(UserAccount.id), col(UserAccount.createdAt), col(UserAccount.roles), _WORDS.label("search_words"))
    newest = select(*columns).where(*remaining).order_by(*_NEWEST_FIRST).limit(WALKED).subquery()
    matches = _matches(wanted, newest.c.search_words, newest.c.roles)
    inOrder = (newest.c.createdAt.desc(), newest.c.id.desc())
    return select(newest.c.id).where(*matches).order_by(*inOrder).limit(most)


def firstAmongAll(wanted: UserFilter, remaining: Sequence[ColumnElement[bool]], most: int) -> Select[UUID]:
    """The newest of all that match, by the index of words and roles: what is rare among the newest is rare."""
    hit = (
        select(col(UserAccount.id), col(UserAccount.createdAt))
        .where(*remaining, *_matches(wanted, _WORDS, col(UserAccount.roles)))
        .cte("hit")
        .prefix_with("MATERIALIZED")
    )
    return select(hit.c.id).order_by(hit.c.createdAt.desc(), hit.c.id.desc()).limit(most)


def _matches(
    wanted: UserFilter, words: ColumnElement[str], roles: SQLColumnExpression[list[str]]
) -> Sequence[ColumnElement[bool]]:
    typed = text(_ASKED).bindparams(query=wanted.query, between=BETWEEN_WORDS)
    asked = typed.columns(literal_column("asked", TSQUERY)).scalar_subquery()
    byWords = [] if wanted.query is None else [words.bool_op("@@")(asked)]
    byRole = [] if wanted.role is None else [roles.contains([wanted.role])]
    return [*byWords, *byRole]
