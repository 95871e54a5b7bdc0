from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime

from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy, Tally

Subjects = Mapping[CounterKind, str]
"""Whom to count: for each kind the keyed hash of its subject."""


class CounterRepositoryInterface(ABC):
    """What is counted against accounts, addresses, devices and those who order mails."""

    @abstractmethod
    async def read(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, Tally]:
        """Each of these kinds, empty when there is nothing or it is forgotten."""

    @abstractmethod
    async def count(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, int]:
        """One more for each, in one statement; what each says now. Their rows are locked until the commit."""

    @abstractmethod
    async def forget(self, subjects: Subjects) -> Mapping[CounterKind, Tally]:
        """Begin anew; what there was."""

    @abstractmethod
    async def takeBack(self, kind: CounterKind, subject: str, count: int) -> int:
        """So many fewer, never below none; how many are left."""

    @abstractmethod
    async def removeOlder(self, before: datetime, most: int) -> int:
        """Forget counters whose last change was before then; how many."""
