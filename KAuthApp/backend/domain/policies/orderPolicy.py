from __future__ import annotations

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
