from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """
    A refusal a caller can understand. `code` is for programs and never reworded, `title` for people.

    `detail` is said about this one occurrence; it must hold no secret and no personal data.
    """

    code: ClassVar[str] = "internal.refused"
    title: ClassVar[str] = "The request was refused"

    def __init__(self, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field


class BadRequestError(DomainError):
    """400: understood, but wrong in a way no schema shows (a wrong code, a missing header)."""

    code = "request.bad"
    title = "The request is wrong"


class UnauthorizedError(DomainError):
    """401: who is asking is not known, or not well enough.

    `challenge` becomes WWW-Authenticate (RFC 9110, RFC 9470).
    """

    code = "auth.unauthenticated"
    title = "Sign in first"

    def __init__(self, detail: str = "", *, challenge: str = "Bearer") -> None:
        super().__init__(detail)
        self.challenge = challenge


class ForbiddenError(DomainError):
    """403: known, but not allowed."""

    code = "auth.forbidden"
    title = "Not allowed"


class NotFoundError(DomainError):
    """404: there is no such thing, or none that this caller may know of."""

    code = "request.notFound"
    title = "Not found"


class ConflictError(DomainError):
    """409: the state of the thing forbids it. `retryAfterSeconds` when waiting helps."""

    code = "request.conflict"
    title = "The state does not allow it"

    def __init__(self, detail: str = "", *, retryAfterSeconds: int | None = None) -> None:
        super().__init__(detail)
        self.retryAfterSeconds = retryAfterSeconds


class InvalidInputError(DomainError):
    """422: well-formed JSON that the rules of the domain refuse; `field` names the property."""

    code = "request.invalid"
    title = "The request is not valid"


class UnprocessableError(InvalidInputError):
    """422: as InvalidInputError, for a refusal about the whole request rather than one field."""

    code = "request.unprocessable"
    title = "The request cannot be processed"


class TooManyRequestsError(DomainError):
    """429: too many tries at one secret. (Rates of requests are the gateway's matter.)"""

    code = "request.tooMany"
    title = "Too many tries"

    def __init__(self, detail: str = "", *, retryAfterSeconds: int = 60) -> None:
        super().__init__(detail)
        self.retryAfterSeconds = retryAfterSeconds


class UnavailableError(DomainError):
    """503: a part this needs is away or full for now; `retryAfterSeconds` says when to come again."""

    code = "service.unavailable"
    title = "Not available for now"

    def __init__(self, detail: str = "", *, retryAfterSeconds: int = 1) -> None:
        super().__init__(detail)
        self.retryAfterSeconds = retryAfterSeconds
