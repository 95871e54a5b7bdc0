from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.userKey import UserKey


async def keyOf(work: AuthUnitOfWorkInterface, sealer: PersonalSealerInterface, userId: UUID, at: datetime) -> UserKey:
    """The person's key; an account from before there were keys gets its own now."""
    return await work.userKeys.find(userId) or await work.userKeys.addUnlessThere(sealer.newKey(userId, at))
