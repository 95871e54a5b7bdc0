from __future__ import annotations

from pydantic import Field

from shared.backend.utils.apiModel import OutputModel


class CsrfOutput(OutputModel):
    """The value for the header X-CSRF-Token."""

    csrfToken: str = Field(repr=False)
