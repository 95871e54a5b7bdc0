from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Final

from sqlalchemy import DateTime, MetaData
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


PERSONAL: Final = "personal"


def makeRegistry() -> registry:
    """
    A registry of its own for one service, so that two services may map the same table in one process.

    Use it as `class PaymentTable(SQLModel, registry=paymentRegistry): __abstract__ = True`.
    """
    return registry(metadata=MetaData(naming_convention=NAMING_CONVENTION))


def personalColumn(name: str, *, searched: bool = False) -> dict[str, object]:
    """
    `sa_column_kwargs` of a column that holds personal data: sealed with the person's key, unless it is `searched`.

    A test holds every column to it: one that is personal and not searched is sealed and says so by its name.
    """
    return {"name": name, "info": {PERSONAL: "searched" if searched else "sealed"}}


class UtcDateTime(TypeDecorator[datetime]):
    """timestamptz that only takes times with a zone and always gives UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs a zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


def enumColumn(values: type[Enum], name: str) -> SqlEnum:
    """
    Text with a CHECK that lists the enum's *values* (SQLAlchemy would store member names).

    Text with a check, not a PostgreSQL enum: a value can be added or taken away in one migration.
    """
    return SqlEnum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        validate_strings=True,
        values_callable=lambda members: [str(member.value) for member in members],
    )
