from __future__ import annotations

from typing import Literal

from shared.backend.utils.apiModel import OutputModel


class VerificationSentOutput(OutputModel):
    """A mail is on its way, if the address is one that may have it."""

    status: Literal["verificationSent"] = "verificationSent"


class EmailVerifiedOutput(OutputModel):
    status: Literal["verified"] = "verified"


class ResetSentOutput(OutputModel):
    """A mail is on its way, if there is such an account."""

    status: Literal["resetSent"] = "resetSent"
