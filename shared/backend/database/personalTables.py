"""What each table holds of one person: how it is given to them, and what erasing does to it.

Every service declares its own tables; a test walks the migrated database and fails for one that nobody has declared.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Final
from uuid import UUID

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import ColumnElement, delete, inspect, select, tuple_
from sqlalchemy.orm import ColumnProperty
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.backend.database.engine import Database

PersonalRow = Mapping[str, JsonValue]
Rows = Sequence[Mapping[str, object]]
Erase = Callable[[AsyncSession, UUID], Awaitable[None]]

SECRET: Final = "kept, not shown"  # noqa: S105 - what is said in place of one
PAGE_ROWS: Final = 500
_Json: Final[TypeAdapter[JsonValue]] = TypeAdapter(JsonValue)


@dataclass(frozen=True)
class Reader:
    """Who is given what is theirs. `open` reads what is sealed with their key for a purpose, or gives None."""

    userId: UUID
    open: Callable[[str, str], str | None]


@dataclass(frozen=True)
class Sealed:
    """A sealed attribute: the name it is given out under, what a row of it is sealed for, and what its text is."""

    shownAs: str
    purposeOf: Callable[[Mapping[str, object]], str]
    isJson: bool = False

    def shown(self, value: object, row: Mapping[str, object], reader: Reader) -> JsonValue:
        text = reader.open(value, self.purposeOf(row)) if isinstance(value, str) else None
        return _Json.validate_python(json.loads(text)) if self.isJson and text is not None else text


class PersonalTableInterface(ABC):
    """One table with a path to a person."""

    @property
    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    def pages(self, database: Database, reader: Reader) -> AsyncIterator[Sequence[PersonalRow]]:
        """Everything in it that refers to the person, a page at a time, each read in a transaction of its own."""

    @abstractmethod
    async def erase(self, session: AsyncSession, userId: UUID) -> None:
        """Take away, in the caller's transaction, what is not kept for a reason."""


async def keepRows(session: AsyncSession, userId: UUID) -> None:
    """For rows that stay: the person is nothing but a number in them."""


@dataclass(frozen=True)
class OwnedRows(PersonalTableInterface):
    """
    A mapped table whose rows belong to one person each.

    `owned` finds them. `secret` names attributes whose value nobody is shown, not even the person: that there is one
    is told. `eraser` is what happens instead of deleting the rows.
    """

    model: type[SQLModel]
    owned: Callable[[UUID], ColumnElement[bool]]
    secret: Collection[str] = ()
    sealed: Mapping[str, Sealed] = field(default_factory=dict)
    eraser: Erase | None = None

    @property
    def name(self) -> str:
        return str(inspect(self.model).local_table.name)

    async def pages(self, database: Database, reader: Reader) -> AsyncIterator[Sequence[PersonalRow]]:
        keys = self._keys
        rows = await self._page(database, reader.userId, keys, None)
        while rows:
            yield [self._shown(row, reader) for row in rows]
            if len(rows) < PAGE_ROWS:
                return
            rows = await self._page(database, reader.userId, keys, [rows[-1][key] for key in keys])

    async def erase(self, session: AsyncSession, userId: UUID) -> None:
        if self.eraser is not None:
            await self.eraser(session, userId)
            return
        statement = delete(self.model).where(await self.condition(session, userId))
        await (await session.connection()).execute(statement)

    async def condition(self, session: AsyncSession, userId: UUID) -> ColumnElement[bool]:
        """Which rows are the person's."""
        return self.owned(userId)

    @property
    def _columns(self) -> Sequence[ColumnProperty[object]]:
        return list(inspect(self.model).column_attrs)

    @property
    def _keys(self) -> Sequence[str]:
        primary = inspect(self.model).primary_key
        return [each.key for each in self._columns if each.columns[0] in primary]

    async def _page(
        self, database: Database, userId: UUID, keys: Sequence[str], after: Sequence[object] | None
    ) -> Rows:
        order = [getattr(self.model, key) for key in keys]
        columns = [each.columns[0].label(each.key) for each in self._columns]
        async with database.openSession() as session:
            statement = select(*columns).where(await self.condition(session, userId))
            if after is not None:
                statement = statement.where(tuple_(*order) > tuple_(*after))
            found = await (await session.connection()).execute(statement.order_by(*order).limit(PAGE_ROWS))
            return [dict(row) for row in found.mappings()]

    def _shown(self, row: Mapping[str, object], reader: Reader) -> PersonalRow:
        plain = {key: toJson(value) for key, value in row.items() if key not in self.sealed}
        hidden = {key: None if row[key] is None else SECRET for key in self.secret}
        opened = {each.shownAs: each.shown(row[key], row, reader) for key, each in self.sealed.items()}
        return {**plain, **hidden, **opened}


@dataclass(frozen=True)
class PersonalData:
    """Every declared table, in the order in which their rows can be erased."""

    tables: Sequence[PersonalTableInterface]

    async def export(
        self, database: Database, reader: Reader
    ) -> AsyncIterator[tuple[str, AsyncIterator[Sequence[PersonalRow]]]]:
        """Every table with its pages, which are read when they are asked for."""
        for table in self.tables:
            yield table.name, table.pages(database, reader)

    async def erase(self, session: AsyncSession, userId: UUID) -> None:
        for table in self.tables:
            await table.erase(session, userId)


def toJson(value: object) -> JsonValue:
    """The value of a column as it is given out."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return toJson(value.value)
        case bytes():
            return base64.urlsafe_b64encode(value).decode().rstrip("=")
        case _:
            return _Json.validate_python(value)
