from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from KSysAdmin.backend.application.output.userFeedOutput import UserFeedOutput
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import REFUSALS, UseCasesDep, requires
from shared.backend.exceptions.problems import problemsOf
from shared.backend.utils.paging import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT, InvalidCursorError

userEventRouter = APIRouter(prefix="/api/admin/user-events", tags=["users"])


@userEventRouter.get(
    "",
    summary="Everything that changed of users, in commit order, none missed",
    description="Follow it with `after` = the `nextCursor` of the answer before, for ever. Holds no personal data.",
    dependencies=[requires(Permission.USER_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def readUserEvents(
    useCases: UseCasesDep,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_LENGTH)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> UserFeedOutput:
    return await useCases.readUserEvents.execute(after, limit)
