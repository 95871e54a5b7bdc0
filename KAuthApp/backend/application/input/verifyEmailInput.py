from __future__ import annotations

from KAuthApp.backend.application.input.fields import CodeText, EmailText
from shared.backend.utils.apiModel import InputModel


class VerifyEmailInput(InputModel):
    """The code that proves an address."""

    email: EmailText
    code: CodeText
