from __future__ import annotations

from pydantic import Field

from shared.backend.utils.apiModel import OutputModel, Timestamp


class ReauthenticatedOutput(OutputModel):
    """Until `freshUntil` the calls that need a recent sign-in are open to this session."""

    authenticatedAt: Timestamp
    freshUntil: Timestamp
    csrfToken: str | None = Field(
        default=None, description="For a browser: the session goes on under a new secret, and with it a new token"
    )
