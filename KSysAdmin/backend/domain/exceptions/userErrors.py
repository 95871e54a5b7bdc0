from __future__ import annotations

from shared.backend.exceptions.errors import ConflictError, NotFoundError, UnavailableError


class UserNotFoundError(NotFoundError):
    code = "user.notFound"
    title = "There is no such user"


class UserSuspendedError(ConflictError):
    code = "user.alreadySuspended"
    title = "The user is suspended already"


class UserNotSuspendedError(ConflictError):
    code = "user.notSuspended"
    title = "The user is not suspended"


class UserWithoutFactorsError(ConflictError):
    code = "user.noSecondFactor"
    title = "The user has no second factor"


class RevocationPendingError(UnavailableError):
    code = "auth.revocationPending"
    title = "The sessions are ended; a cache that is away will hear of it shortly"


class ApiKeyNotFoundError(NotFoundError):
    code = "user.apiKeyNotFound"
    title = "The user has no such API key"


class PaymentNotFoundError(NotFoundError):
    code = "payment.notFound"
    title = "There is no such payment"
