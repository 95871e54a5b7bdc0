from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field

from KAuthApp.backend.domain.exceptions.authErrors import ProofRequiredError, TooManyAttemptsError
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.policies.counterPolicy import Tally
from KAuthApp.backend.domain.policies.pressurePolicy import Pressure, PressurePolicy
from shared.backend.utils.valueObject import ValueObject

MOST_IN_A_ROW = 100


class Entry(StrEnum):
    """What a right password is worth for this try."""

    OPEN = "open"
    MAIL_CODE = "mailCode"
    BLIND = "blind"


class Standing(ValueObject):
    """What is known about whoever tries to sign in, before the password is looked at."""

    account: Tally = Tally()
    address: Tally = Tally()
    pair: Tally = Tally()
    lately: Pressure = Pressure()
    today: Pressure = Pressure()

    def overtakenBy(self, countedNow: Mapping[CounterKind, int], at: datetime) -> Self:
        """As it stood when this try was counted."""
        return self.model_copy(
            update={
                "account": self.account.overtakenBy(countedNow[CounterKind.ACCOUNT], at),
                "pair": self.pair.overtakenBy(countedNow[CounterKind.PAIR], at),
            }
        )


class GuardPolicy(ValueObject):
    """What stands between a guesser and a password, and never between an owner and the account.

    A device that signed in before is judged by its own failures alone. Everybody else works (a proof), waits for
    the own failures, and under an attack shows a code from the mailbox. After `mostInARow` failures of strangers a
    password is looked at, but what came of it is only said to who has the mailbox: nobody can guess any further,
    and nobody can lock the owner out (NIST SP 800-63B, 3.2.2).
    """

    pairProofAfter: int = Field(default=5, ge=1)
    accountProofAfter: int = Field(default=10, ge=1)
    addressProofAfter: int = Field(default=50, ge=1)
    addressMailCodeAfter: int = Field(default=100, ge=1)
    pairWaitAfter: int = Field(default=10, ge=1)
    deviceWaitAfter: int = Field(default=5, ge=1)
    deviceLostAfter: int = Field(default=10, ge=1)
    mostInARow: int = Field(default=MOST_IN_A_ROW, ge=1, le=MOST_IN_A_ROW)
    longestWait: timedelta = Field(default=timedelta(minutes=15), ge=timedelta(seconds=1), le=timedelta(minutes=15))
    pressure: PressurePolicy = PressurePolicy()

    def keepsDevice(self, device: Tally) -> bool:
        """Whether a known device still has its own path, after so many failures of its own."""
        return device.count < self.deviceLostAfter

    def mayTryAgain(self, failures: int) -> bool:
        """Whether a session that failed so often at its own password may go on."""
        return failures < self.deviceLostAfter

    def judgeDevice(self, device: Tally, at: datetime) -> None:
        """TooManyAttemptsError while its own failures make it wait."""
        self._ensureWaited(device, self.deviceWaitAfter, at)

    def judgeStranger(self, standing: Standing, hasProof: bool, at: datetime) -> Entry:
        """What a right password is worth now; TooManyAttemptsError or ProofRequiredError before one is looked at."""
        self.ensureWaited(standing, at)
        if self.needsProof(standing) and not hasProof:
            raise ProofRequiredError
        if standing.account.count >= self.mostInARow:
            return Entry.BLIND
        return Entry.MAIL_CODE if self._needsMailCode(standing) else Entry.OPEN

    def ensureWaited(self, standing: Standing, at: datetime) -> None:
        """TooManyAttemptsError while its own failures at this account make an address wait; never those of others."""
        self._ensureWaited(standing.pair, self.pairWaitAfter, at)

    def needsProof(self, standing: Standing) -> bool:
        return (
            standing.pair.count >= self.pairProofAfter
            or standing.account.count >= self.accountProofAfter
            or standing.address.count >= self.addressProofAfter
            or self.isAttack(standing)
        )

    def _needsMailCode(self, standing: Standing) -> bool:
        return standing.address.count >= self.addressMailCodeAfter or self.isAttack(standing)

    def isAttack(self, standing: Standing) -> bool:
        return self.pressure.isAttack(standing.lately, standing.today)

    def _ensureWaited(self, tally: Tally, freeTries: int, at: datetime) -> None:
        if tally.lastAt is None or tally.count < freeTries:
            return
        left = tally.lastAt + self._waitAfter(tally.count - freeTries) - at
        if left > timedelta(0):
            raise TooManyAttemptsError(retryAfterSeconds=math.ceil(left.total_seconds()))

    def _waitAfter(self, failuresTooMany: int) -> timedelta:
        """1, 2, 4, 8 … seconds, up to the longest."""
        return min(timedelta(seconds=2 ** min(failuresTooMany, 20)), self.longestWait)
