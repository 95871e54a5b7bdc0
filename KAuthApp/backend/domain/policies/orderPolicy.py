from __future__ import annotations

from typing import Self

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class OrderPolicy(ValueObject):
    """How many mails may be ordered in an hour before it costs work: from one client address, and to one address.

    The gateway's limits come first, and no mailbox gets more than a few of them; this stays where those are lifted.
    """

    freeFromOne: int = Field(default=5000, ge=1)
    freeToOne: int = Field(default=1000, ge=1)

    def isMuch(self, fromThisPlace: int, toThisAddress: int) -> bool:
        """With this one counted in already."""
        return fromThisPlace > self.freeFromOne or toThisAddress > self.freeToOne


class PlacePolicy(ValueObject):
    """What one place may do in a day about the reset codes of one account, which are few and everybody's to ask for.

    Orders beyond are answered as ever and not mailed; tries beyond are refused unseen. So one stranger uses up a part
    of the codes, by ordering or by guessing them to death, and leaves the rest to the owner.
    """

    mostOrders: int = Field(default=5, ge=1)
    mostTries: int = Field(default=15, ge=1)

    @classmethod
    def among(cls, codesADay: int) -> Self:
        """One place gets a quarter of a day's codes, and kills fewer by guessing: one dies of five wrong tries."""
        mostOrders = max(1, codesADay // 4)
        return cls(mostOrders=mostOrders, mostTries=3 * mostOrders)

    def maySend(self, orderedToday: int) -> bool:
        """With this one counted in already."""
        return orderedToday <= self.mostOrders

    def isFirstNotSent(self, orderedToday: int) -> bool:
        """Worth a line in the log; who goes on writes no more of them."""
        return orderedToday == self.mostOrders + 1

    def mayTry(self, triedToday: int) -> bool:
        """With this one counted in already."""
        return triedToday <= self.mostTries


class NoticePolicy(ValueObject):
    """How many notices of one kind a person is sent, whoever causes them."""

    mostAnHour: int = Field(default=10, ge=1)
    mostADay: int = Field(default=20, ge=1)

    def maySendNow(self, thisHour: int) -> bool:
        """With this one counted in already."""
        return thisHour <= self.mostAnHour

    def maySendToday(self, today: int) -> bool:
        """With this one counted in already."""
        return today <= self.mostADay
