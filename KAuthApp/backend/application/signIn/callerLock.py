from __future__ import annotations

from datetime import datetime

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.domain.exceptions.authErrors import UnauthenticatedError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.models.userAccount import UserAccount


async def lockCaller(work: AuthUnitOfWorkInterface, identity: IdentityDTO, at: datetime) -> UserAccount:
    """The account of who asks, locked with the session; UnauthenticatedError when that ended while this call waited.

    Who they are was looked up before: a reset that held the account meanwhile has ended what they came by.
    """
    user = await work.users.getForUpdate(identity.userId)
    session = await work.sessions.getForUpdate(identity.userId, identity.sessionId)
    if not session.isLive(at):
        raise UnauthenticatedError
    return user
