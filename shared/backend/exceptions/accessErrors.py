from __future__ import annotations

from typing import ClassVar

from shared.backend.exceptions.errors import ForbiddenError, UnauthorizedError


class ReauthenticationRequiredError(UnauthorizedError):
    """The sign-in is too long ago for this call (RFC 9470); signing in again, in this session, is enough."""

    code: ClassVar[str] = "auth.reauthenticationRequired"
    title: ClassVar[str] = "Confirm that it is you"

    @classmethod
    def after(cls, seconds: int, scheme: str) -> ReauthenticationRequiredError:
        """`seconds`: how old a sign-in may be for this call; `scheme`: how the caller showed who they are."""
        said = "the sign-in is too long ago"
        challenge = (
            f'{scheme} error="insufficient_user_authentication", error_description="{said}", max_age="{seconds}"'
        )
        return cls(said, challenge=challenge)


class SecondFactorRequiredError(UnauthorizedError):
    """A password alone is not enough here."""

    code: ClassVar[str] = "auth.secondFactorRequired"
    title: ClassVar[str] = "A second factor is needed"

    @classmethod
    def stepUp(cls, scheme: str) -> SecondFactorRequiredError:
        said = "the session was opened without a second factor"
        return cls(said, challenge=f'{scheme} error="insufficient_user_authentication", error_description="{said}"')


class SessionRequiredError(ForbiddenError):
    """An API key was shown where a person has to be signed in."""

    code: ClassVar[str] = "auth.sessionRequired"
    title: ClassVar[str] = "API keys cannot do this; sign in"


class ScopeRequiredError(ForbiddenError):
    """The API key is good, but not for this (RFC 6750, 3.1)."""

    code: ClassVar[str] = "auth.scopeRequired"
    title: ClassVar[str] = "The API key is not good for this"

    def __init__(self, detail: str = "", *, scope: str = "") -> None:
        super().__init__(detail)
        self.challenge = f'Bearer error="insufficient_scope", scope="{scope}"'


class PermissionDeniedError(ForbiddenError):
    code: ClassVar[str] = "auth.permissionDenied"
    title: ClassVar[str] = "Your role does not allow this"
