from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from shared.backend.utils.valueObject import ValueObject

_FACT: Final = "order"


class ResetOrderDTO(ValueObject):
    """From where a reset code was ordered. Whether the browser is one that its owner knows is found out by the job.

    `isOneOfMany`: so many were ordered there for this address that only a browser that is known gets one more.
    """

    deviceHashes: tuple[str, ...] = ()
    isOneOfMany: bool = False

    def facts(self) -> Mapping[str, str]:
        """What the mail's order carries, sealed."""
        return {_FACT: self.model_dump_json()}

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> Self | None:
        """None when nobody outside ordered it: an administrator did, or it is another kind of mail."""
        told = facts.get(_FACT)
        return None if told is None else cls.model_validate_json(told)
