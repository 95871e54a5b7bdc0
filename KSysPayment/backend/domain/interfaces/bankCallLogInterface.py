from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import ExternalId
from KSysPayment.backend.domain.models.bankCall import BankCall


class ExternalIdSourceInterface(ABC):
    """Numbers for requests that belong to no transaction of ours."""

    @abstractmethod
    async def next(self) -> ExternalId:
        """A number given to nobody else on this Jakarta day, also after a crash."""

    @abstractmethod
    async def leap(self) -> None:
        """The bank has seen numbers we do not remember (a database restored from this morning): go on far ahead."""


class BankCallLogInterface(ABC):
    """Where every request to the bank and its answer are kept."""

    @abstractmethod
    async def append(self, call: BankCall) -> None: ...

    @abstractmethod
    async def lastAnswered(self, operation: str) -> datetime | None:
        """When the newest call of this kind began that the bank gave a clear answer to."""
