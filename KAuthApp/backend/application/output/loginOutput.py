from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from KAuthApp.backend.application.output.profileOutput import ProfileOutput
from KAuthApp.backend.application.output.sessionOutput import SessionOutput
from KAuthApp.backend.application.output.tokensOutput import TokensOutput
from shared.backend.utils.apiModel import OutputModel


class LoginOutput(OutputModel):
    """A finished sign-in; `tokens` for API clients only."""

    status: Literal["authenticated"] = "authenticated"
    user: ProfileOutput
    session: SessionOutput
    tokens: TokensOutput | None = None


class SignedIn(OutputModel):
    """What the router needs of a sign-in: the answer, and for a browser the secret of its cookie."""

    answer: LoginOutput
    sessionSecret: SecretStr | None = None
    cookieSeconds: int = 0
    deviceSecrets: tuple[SecretStr, ...] = ()
