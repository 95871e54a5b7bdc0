from __future__ import annotations

from KAuthApp.backend.application.input.fields import CodeText, EmailText, PasswordText
from shared.backend.utils.apiModel import InputModel


class ResetPasswordInput(InputModel):
    """A new password, allowed by the code from the mail."""

    email: EmailText
    code: CodeText
    newPassword: PasswordText
