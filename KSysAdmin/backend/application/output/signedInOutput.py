from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from KSysAdmin.backend.application.output.signInOutput import AuthenticatedOutput
from shared.backend.utils.valueObject import ValueObject


class SignedInOutput(ValueObject):
    """What the router turns into an answer and a cookie."""

    output: AuthenticatedOutput
    sessionSecret: SecretStr
    expiresAt: datetime
