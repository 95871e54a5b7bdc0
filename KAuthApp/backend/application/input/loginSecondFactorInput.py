from __future__ import annotations

from uuid import UUID

from pydantic import Field

from KAuthApp.backend.application.input.factorProofInput import FactorProofInput


class LoginSecondFactorInput(FactorProofInput):
    """The second half of a sign-in."""

    challengeId: UUID = Field(description="From the answer to the password")
