from __future__ import annotations

from KSysAdmin.backend.domain.exceptions.administratorErrors import NotAuthenticatedError, SessionNotFoundError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor


async def ensureStillSignedIn(work: AdminUnitOfWorkInterface, actor: AdminActor) -> None:
    """NotAuthenticatedError when the session ended while this call waited for a lock; else it stays until the commit.

    Who asks was looked up before: whoever held that lock may have suspended them.
    """
    try:
        await work.sessions.getUnended(actor.administratorId, actor.sessionId)
    except SessionNotFoundError as error:
        raise NotAuthenticatedError(challenge="Session") from error
