from __future__ import annotations

from KAuthApp.backend.application.input.fields import EmailText, FullName, PasswordText
from shared.backend.utils.apiModel import InputModel


class JudgePasswordInput(InputModel):
    """A password that somebody thinks of, and what a guesser would know of them."""

    password: PasswordText
    email: EmailText | None = None
    fullName: FullName | None = None
