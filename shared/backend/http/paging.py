from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from shared.backend.utils.paging import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT, PageInput


async def providePage(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items at most")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR_LENGTH, description="`nextCursor` of the page before")
    ] = None,
) -> PageInput:
    return PageInput(limit=limit, cursor=cursor)


PageDep = Annotated[PageInput, Depends(providePage)]
