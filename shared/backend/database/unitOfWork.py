from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from shared.backend.database.engine import Database


class UnitOfWorkInterface(ABC):
    """One transaction: what is not committed by the end of the block never happened."""

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @abstractmethod
    async def commit(self) -> None:
        """Make it so; the last statement in the block."""


class SqlUnitOfWork(UnitOfWorkInterface):
    """The PostgreSQL one. Subclasses add their repositories on `self.session`."""

    def __init__(self, database: Database) -> None:
        self.session = database.openSession()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def commit(self) -> None:
        await self.session.commit()
