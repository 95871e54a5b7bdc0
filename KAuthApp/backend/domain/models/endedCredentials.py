from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(frozen=True)
class EndedCredentials:
    """The sessions or API keys that a change has ended, and those that had ended so shortly before that copies may be
    about.

    Redis may not have heard of the latter: who says that all are over takes the copies of both away.
    """

    now: Sequence[UUID]
    lately: Sequence[UUID]

    @property
    def all(self) -> Sequence[UUID]:
        return [*self.now, *self.lately]


NONE_ENDED: Final = EndedCredentials((), ())
