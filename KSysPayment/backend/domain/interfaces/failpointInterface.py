from __future__ import annotations

from abc import ABC, abstractmethod


class FailpointInterface(ABC):
    """A named step. In tests the process can be made to die there; otherwise nothing happens."""

    @abstractmethod
    def reach(self, step: str) -> None: ...


class NoFailpoint(FailpointInterface):
    def reach(self, step: str) -> None:
        return None
