from __future__ import annotations

from pydantic import Field

from KAuthApp.backend.application.input.fields import EmailText, PasswordText, ProofText
from KAuthApp.backend.domain.models.userSession import SessionClient
from shared.backend.utils.apiModel import InputModel


class LoginInput(InputModel):
    """A sign-in: `browser` gets a cookie, `api` gets tokens."""

    email: EmailText
    password: PasswordText
    client: SessionClient = Field(default=SessionClient.BROWSER, description="What signs in")
    proof: ProofText | None = None
