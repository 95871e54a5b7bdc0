from __future__ import annotations

from pydantic import Field

from KAuthApp.backend.application.input.fields import CodeText, EmailText, PasswordText
from shared.backend.utils.apiModel import InputModel


class VerifyEmailInput(InputModel):
    """The code that proves an address."""

    email: EmailText
    code: CodeText
    password: PasswordText | None = Field(
        default=None,
        description="The account's password from now on; needed after `auth.passwordRequired`",
        repr=False,
    )
