from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, TypeDecorator, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from shared.backend.utils.paging import InvalidCursorError, Page, PageInput, decodeCursor, encodeCursor

Model = TypeVar("Model", bound=SQLModel)


class BaseRepository(Generic[Model]):
    """Typed create, read, delete and keyset paging over one table. Subclasses hold the queries of one subject."""

    model: type[Model]

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: Model) -> None:
        """Insert now, so that a broken constraint is raised here and not at commit."""
        self._session.add(row)
        await self._session.flush()

    async def addAll(self, rows: Iterable[Model]) -> None:
        self._session.add_all(rows)
        await self._session.flush()

    async def find(self, rowId: UUID) -> Model | None:
        return await self._session.get(self.model, rowId)

    async def remove(self, row: Model) -> None:
        await self._session.delete(row)
        await self._session.flush()

    async def flush(self) -> None:
        await self._session.flush()

    async def page(
        self,
        statement: SelectOfScalar[Model],
        page: PageInput,
        keys: Sequence[str],
        *,
        descending: bool = True,
    ) -> Page[Model]:
        """
        One page of `statement` in the order of these attributes (the last one unique): keyset, stable under inserts.

        `keys` are attribute names of the model, times or ids or text; newest first unless told otherwise.
        """
        columns = [self._column(key) for key in keys]
        order = [column.desc() if descending else column.asc() for column in columns]
        statement = statement.where(*self.afterCursor(page, keys, descending=descending)).order_by(*order)
        rows = list((await self._session.exec(statement.limit(page.limit + 1))).all())
        shown = rows[: page.limit]
        isLast = len(rows) <= page.limit
        cursor = None if isLast else encodeCursor([_toText(getattr(shown[-1], key)) for key in keys])
        return Page[Model].model_construct(items=shown, nextCursor=cursor)

    def afterCursor(
        self, page: PageInput, keys: Sequence[str], *, descending: bool = True
    ) -> Sequence[ColumnElement[bool]]:
        """What is true of every row of this page and of those that follow; nothing to ask on the first page."""
        if page.cursor is None:
            return ()
        return (self._after([self._column(key) for key in keys], page.cursor, descending),)

    def _column(self, key: str) -> InstrumentedAttribute[object]:
        column: InstrumentedAttribute[object] = getattr(self.model, key)
        return column

    def _after(
        self, columns: Sequence[InstrumentedAttribute[object]], cursor: str, descending: bool
    ) -> ColumnElement[bool]:
        texts = decodeCursor(cursor, len(columns))
        values = [_fromText(column, text) for column, text in zip(columns, texts, strict=True)]
        here = tuple_(*columns)
        there = tuple_(*values)
        return here < there if descending else here > there


def _toText(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _fromText(column: InstrumentedAttribute[object], text: str) -> ColumnElement[object]:
    kind = column.type
    stored = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    read = _READERS.get(stored.python_type, str)
    try:
        return literal(read(text), kind)
    except ValueError as error:
        raise InvalidCursorError("the cursor cannot be read") from error


def _readTime(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs an offset")
    return at.astimezone(UTC)


_READERS: Final[Mapping[type, Callable[[str], object]]] = {datetime: _readTime, UUID: UUID, int: int}
