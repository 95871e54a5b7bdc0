"""What every operation of the bank's SNAP interface has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from KSysPayment.simulator.snap.answers import JsonObject
from KSysPayment.simulator.snap.fields import FieldRule


class SnapOperation(ABC):
    """One verified call in, the content of a success answer out, or a SnapRefusedError."""

    name: ClassVar[str]
    serviceCode: ClassVar[str]
    method: ClassVar[str]
    path: ClassVar[str]
    fields: ClassVar[Sequence[FieldRule]]

    @abstractmethod
    def execute(self, body: JsonObject) -> JsonObject:
        """Do it; `body` has passed `fields`. Runs inside one transaction of the state file."""
