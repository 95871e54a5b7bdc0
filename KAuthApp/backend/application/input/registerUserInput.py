from __future__ import annotations

from pydantic import Field

from KAuthApp.backend.application.input.fields import EmailText, FullName, PasswordText, ProofText
from KAuthApp.backend.domain.models.userAccount import UserLocale
from shared.backend.utils.apiModel import InputModel


class RegisterUserInput(InputModel):
    """A person who wants an account."""

    email: EmailText
    password: PasswordText
    fullName: FullName | None = None
    locale: UserLocale | None = Field(default=None, description="Language of the mails; English when absent")
    proof: ProofText | None = None
