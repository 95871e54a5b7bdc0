from __future__ import annotations

from pydantic import Field

from KAuthApp.backend.application.input.factorProofInput import AppCode
from shared.backend.utils.apiModel import InputModel


class ConfirmTotpInput(InputModel):
    """The first code of an authenticator app."""

    code: AppCode = Field(repr=False)
