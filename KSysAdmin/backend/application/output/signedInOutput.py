from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from KSysAdmin.backend.application.output.ownAccountOutput import ReauthenticatedOutput
from KSysAdmin.backend.application.output.signInOutput import AuthenticatedOutput
from shared.backend.utils.valueObject import ValueObject


class SignedInOutput(ValueObject):
    """What the router turns into an answer and cookies; a device token only for a browser that was not known."""

    output: AuthenticatedOutput
    sessionSecret: SecretStr
    expiresAt: datetime
    deviceToken: SecretStr | None = None


class ReauthenticatedSession(ValueObject):
    """What the router turns into an answer and another cookie."""

    output: ReauthenticatedOutput
    sessionSecret: SecretStr
    expiresAt: datetime
