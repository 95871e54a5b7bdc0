from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapper, registry
from sqlalchemy.schema import CreateIndex, CreateTable

_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]


def shapesOf(tables: registry) -> Mapping[str, frozenset[str]]:
    """
    Every mapped table as facts, one line each: what PostgreSQL would be told (columns, types, defaults, keys, checks,
    indexes) and which attribute stands for which column.

    Two copies of a table are equal when their facts are; what differs reads as a diff.
    """
    shapes: dict[str, frozenset[str]] = {}
    for mapper in tables.mappers:
        table = mapper.local_table
        if isinstance(table, Table):
            shapes[table.name] = tableFacts(table) | _attributeFacts(mapper)
    return shapes


def tableFacts(table: Table) -> frozenset[str]:
    """What PostgreSQL would be told of this table, in any order."""
    lines = str(CreateTable(table).compile(dialect=_DIALECT)).splitlines()
    said = (" ".join(line.split()).rstrip(",") for line in lines)
    indexes = (" ".join(str(CreateIndex(index).compile(dialect=_DIALECT)).split()) for index in table.indexes)
    return frozenset(
        {line for line in said if line not in {"", ")"} and not line.startswith("CREATE TABLE")} | {*indexes}
    )


def _attributeFacts(mapper: Mapper[object]) -> frozenset[str]:
    return frozenset(f"attribute {each.key} is column {each.columns[0].name}" for each in mapper.column_attrs)
