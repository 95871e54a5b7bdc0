from __future__ import annotations

from KAuthApp.backend.application.input.fields import CodeText, EmailText, TokenText
from shared.backend.utils.apiModel import InputModel


class AskEmailChangeInput(InputModel):
    """The address an account shall move to."""

    newEmail: EmailText


class ConfirmEmailChangeInput(InputModel):
    """The codes that came to the address so far and to the new one."""

    oldCode: CodeText
    newCode: CodeText


class RevertEmailChangeInput(InputModel):
    """The secret behind the `#` of the link that came to the former address."""

    token: TokenText
