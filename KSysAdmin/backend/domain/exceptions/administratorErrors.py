from __future__ import annotations

from shared.backend.exceptions.accessErrors import PermissionDeniedError as PermissionDeniedError
from shared.backend.exceptions.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
)


class InvalidEmailError(InvalidInputError):
    code = "admin.invalidEmail"
    title = "This is not a mail address"


class AdministratorExistsError(ConflictError):
    code = "admin.exists"
    title = "There is an administrator with this address"


class FirstAdministratorMadeError(ConflictError):
    """Several wanted to make the first one at the same moment, and another was faster."""

    code = "admin.firstExists"
    title = "The first administrator was made at this very moment; run it again for one more"


class AdministratorNotFoundError(NotFoundError):
    code = "admin.notFound"
    title = "There is no such administrator"


class AdministratorSuspendedError(ConflictError):
    code = "admin.alreadySuspended"
    title = "The administrator is suspended already"


class AdministratorNotSuspendedError(ConflictError):
    code = "admin.notSuspended"
    title = "The administrator is not suspended"


class AdministratorNotInvitedError(ConflictError):
    code = "admin.notInvited"
    title = "The administrator has used the link already"


class LastAdministratorError(ConflictError):
    code = "admin.last"
    title = "Nobody would be left who may do everything"


class OwnAccountError(ConflictError):
    code = "admin.ownAccount"
    title = "Ask another administrator to do this"


class FactorNotSetUpError(ConflictError):
    code = "admin.factorNotSetUp"
    title = "Start with a new secret for the app"


class SessionNotFoundError(NotFoundError):
    code = "admin.sessionNotFound"
    title = "There is no such session"


class InvalidCredentialsError(UnauthorizedError):
    code = "auth.invalidCredentials"
    title = "The address or the password is wrong"


class ChallengeInvalidError(UnauthorizedError):
    code = "auth.challengeInvalid"
    title = "Start the sign-in again"


class CodeInvalidError(BadRequestError):
    code = "auth.codeInvalid"
    title = "The code is wrong, was used, or is too old"


class TooManyTriesError(TooManyRequestsError):
    code = "auth.tooManyTries"
    title = "Too many wrong tries; wait a while"


class InvitationInvalidError(BadRequestError):
    code = "admin.invitationInvalid"
    title = "The link was used or is too old; ask for a new one"


class PasswordTooShortError(InvalidInputError):
    code = "auth.passwordTooShort"
    title = "The password is too short"


class PasswordTooLongError(InvalidInputError):
    code = "auth.passwordTooLong"
    title = "The password is too long"


class PasswordCompromisedError(InvalidInputError):
    code = "auth.passwordCompromised"
    title = "The password is too easy to guess"


class CurrentPasswordWrongError(ForbiddenError):
    code = "auth.currentPasswordWrong"
    title = "The current password is wrong"


class NotAuthenticatedError(UnauthorizedError):
    code = "auth.unauthenticated"
    title = "Sign in first"
