from __future__ import annotations

from pydantic import Field

from KAuthApp.backend.application.input.factorProofInput import FactorProofInput
from KAuthApp.backend.application.input.fields import CodeText, EmailText, PasswordText
from shared.backend.utils.apiModel import InputModel


class ResetPasswordInput(InputModel):
    """A new password, allowed by the code from the mail."""

    email: EmailText
    code: CodeText
    newPassword: PasswordText
    secondFactor: FactorProofInput | None = Field(
        default=None, description="Needed where one is set up: mail alone does not open such an account"
    )
