"""The defences' repositories in memory. They pass the same repository tests as PostgreSQL does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.interfaces.counterRepositoryInterface import CounterRepositoryInterface, Subjects
from KAuthApp.backend.domain.interfaces.knownDeviceRepositoryInterface import KnownDeviceRepositoryInterface
from KAuthApp.backend.domain.interfaces.pressureRepositoryInterface import PressureRepositoryInterface
from KAuthApp.backend.domain.interfaces.shadowRegistrationRepositoryInterface import (
    ShadowRegistrationRepositoryInterface,
)
from KAuthApp.backend.domain.interfaces.spentProofRepositoryInterface import SpentProofRepositoryInterface
from KAuthApp.backend.domain.models.failureCounter import CounterKind, FailureCounter
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from KAuthApp.backend.domain.models.shadowRegistration import ShadowRegistration
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy, Tally
from KAuthApp.backend.domain.policies.pressurePolicy import Pressure, PressurePolicy


class FakeCounters(CounterRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[tuple[CounterKind, str], FailureCounter] = {}

    async def read(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, Tally]:
        return {kind: self._tally(kind, subject, policy, at) for kind, subject in subjects.items()}

    async def count(self, subjects: Subjects, policy: CounterPolicy, at: datetime) -> Mapping[CounterKind, int]:
        return {kind: self._countOne(kind, subject, policy, at) for kind, subject in subjects.items()}

    async def forget(self, subjects: Subjects) -> Mapping[CounterKind, Tally]:
        gone = {kind: self.rows.pop((kind, subject), None) for kind, subject in subjects.items()}
        return {
            kind: Tally(count=row.failures, lastAt=row.lastFailedAt) for kind, row in gone.items() if row is not None
        }

    async def takeBack(self, kind: CounterKind, subject: str, count: int) -> int:
        row = self.rows.get((kind, subject))
        if row is None:
            return 0
        row.failures = max(0, row.failures - count)
        return row.failures

    async def removeOlder(self, before: datetime, most: int) -> int:
        old = [key for key, row in self.rows.items() if row.lastFailedAt < before][:most]
        for key in old:
            del self.rows[key]
        return len(old)

    def _tally(self, kind: CounterKind, subject: str, policy: CounterPolicy, at: datetime) -> Tally:
        row = self.rows.get((kind, subject))
        if row is None or _isForgotten(row, policy, at):
            return Tally()
        return Tally(count=row.failures, lastAt=row.lastFailedAt)

    def _countOne(self, kind: CounterKind, subject: str, policy: CounterPolicy, at: datetime) -> int:
        row = self.rows.get((kind, subject))
        if row is None or _isForgotten(row, policy, at):
            row = FailureCounter(kind=kind, subjectHash=subject, failures=0, firstFailedAt=at, lastFailedAt=at)
            self.rows[kind, subject] = row
        row.failures, row.lastFailedAt = row.failures + 1, at
        return row.failures


class FakePressure(PressureRepositoryInterface):
    def __init__(self) -> None:
        self.slots: dict[datetime, Pressure] = {}

    async def read(self, policy: PressurePolicy, at: datetime) -> tuple[Pressure, Pressure]:
        return self._since(policy.latelySince(at), at), self._since(policy.todaySince(at), at)

    async def press(self, tries: int, failures: int, policy: PressurePolicy, at: datetime) -> None:
        slot = policy.slotOf(at)
        known = self.slots.get(slot, Pressure())
        self.slots[slot] = Pressure(tries=known.tries + tries, failures=known.failures + failures)

    async def removeOlder(self, before: datetime) -> int:
        old = [slot for slot in self.slots if slot < before]
        for slot in old:
            del self.slots[slot]
        return len(old)

    def _since(self, since: datetime, at: datetime) -> Pressure:
        counted = [pressure for slot, pressure in self.slots.items() if since <= slot <= at]
        return Pressure(tries=sum(each.tries for each in counted), failures=sum(each.failures for each in counted))


class FakeDevices(KnownDeviceRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, KnownDevice] = {}

    async def recognise(self, userId: UUID, tokenHashes: Sequence[str], at: datetime) -> KnownDevice | None:
        mine = [row for row in self._newestFirst(userId) if row.expiresAt > at]
        return next((row for row in mine if row.tokenHash in tokenHashes), None)

    async def add(self, device: KnownDevice) -> None:
        self.rows[device.id] = device

    async def renew(
        self, userId: UUID, tokenHashes: Sequence[str], usedAt: datetime, expiresAt: datetime
    ) -> UUID | None:
        row = await self.recognise(userId, tokenHashes, usedAt)
        if row is None:
            return None
        row.lastUsedAt, row.expiresAt = usedAt, expiresAt
        return row.id

    async def keepNewest(self, userId: UUID, most: int) -> None:
        for row in self._newestFirst(userId)[most:]:
            del self.rows[row.id]

    async def forgetAll(self, userId: UUID, exceptHashes: Sequence[str] = ()) -> int:
        gone = [row for row in self._newestFirst(userId) if row.tokenHash not in exceptHashes]
        for row in gone:
            del self.rows[row.id]
        return len(gone)

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = [row.id for row in self.rows.values() if row.expiresAt < before][:most]
        for rowId in expired:
            del self.rows[rowId]
        return len(expired)

    def _newestFirst(self, userId: UUID) -> list[KnownDevice]:
        mine = [row for row in self.rows.values() if row.userId == userId]
        return sorted(mine, key=lambda row: (row.lastUsedAt, row.id), reverse=True)


class FakeSpentProofs(SpentProofRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[str, datetime] = {}

    async def spend(self, challengeHash: str, expiresAt: datetime) -> bool:
        if challengeHash in self.rows:
            return False
        self.rows[challengeHash] = expiresAt
        return True

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = [key for key, expiresAt in self.rows.items() if expiresAt < before][:most]
        for key in expired:
            del self.rows[key]
        return len(expired)


class FakeShadows(ShadowRegistrationRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[str, ShadowRegistration] = {}

    async def note(self, shadow: ShadowRegistration) -> str | None:
        before = await self.findTag(shadow.addressIndex)
        self.rows[shadow.addressIndex] = shadow
        return before

    async def lock(self, addressIndex: str) -> None:
        """Nobody else is here."""

    async def findTag(self, addressIndex: str) -> str | None:
        row = self.rows.get(addressIndex)
        return None if row is None else row.passwordTag

    async def forget(self, addressIndex: str) -> None:
        self.rows.pop(addressIndex, None)

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = [key for key, row in self.rows.items() if row.expiresAt < before][:most]
        for key in expired:
            del self.rows[key]
        return len(expired)


def _isForgotten(row: FailureCounter, policy: CounterPolicy, at: datetime) -> bool:
    decisive = row.lastFailedAt if policy.isInARow(row.kind) else row.firstFailedAt
    return decisive <= policy.cutOff(row.kind, at)
