from __future__ import annotations

from KAuthApp.backend.application.input.fields import EmailText, ProofText
from shared.backend.utils.apiModel import InputModel


class EmailInput(InputModel):
    """An address that a mail is asked for."""

    email: EmailText
    proof: ProofText | None = None
