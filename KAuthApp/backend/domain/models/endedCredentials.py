from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID


@dataclass(frozen=True)
class EndedCredentials:
    """The sessions or API keys that a change has ended, and those that had ended so shortly before that copies may be
    about.

    Redis may not have heard of the latter: who says that all are over takes the copies of both away.
    """

    now: Sequence[UUID]
    lately: Sequence[UUID]

    @classmethod
    def of(cls, now: Sequence[UUID], lately: Sequence[UUID]) -> Self:
        """`lately` may hold those of now, too."""
        just = set(now)
        return cls(now, [each for each in lately if each not in just])

    @property
    def all(self) -> Sequence[UUID]:
        return [*self.now, *self.lately]


NONE_ENDED: Final = EndedCredentials((), ())
