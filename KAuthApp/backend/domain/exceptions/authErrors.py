from __future__ import annotations

from typing import ClassVar

from shared.backend.exceptions.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)


class UnauthenticatedError(UnauthorizedError):
    """No credential, or one that is not live."""

    code: ClassVar[str] = "auth.unauthenticated"
    title: ClassVar[str] = "Sign in first"


class InvalidCredentialsError(UnauthorizedError):
    """Unknown address, wrong password and suspended account alike: the answer never says which."""

    code: ClassVar[str] = "auth.invalidCredentials"
    title: ClassVar[str] = "The address or the password is wrong"


class EmailNotVerifiedError(ForbiddenError):
    code: ClassVar[str] = "auth.emailNotVerified"
    title: ClassVar[str] = "The address has not been confirmed yet"


class ProofRequiredError(ForbiddenError):
    """This try needs a proof of work first; an offered one was wrong, spent, expired or for another call."""

    code: ClassVar[str] = "auth.proofRequired"
    title: ClassVar[str] = "Solve a challenge from /api/auth/proof-of-work first and send its proof"


class PasswordRequiredError(ForbiddenError):
    """The code is right and unspent, but more than one person registered the address: its owner chooses a password."""

    code: ClassVar[str] = "auth.passwordRequired"
    title: ClassVar[str] = "Choose a password for this account"


class CurrentPasswordWrongError(ForbiddenError):
    code: ClassVar[str] = "auth.currentPasswordWrong"
    title: ClassVar[str] = "The current password is wrong"


class CodeInvalidError(BadRequestError):
    """Wrong, used, voided or expired code, or an address nobody has: one answer for all."""

    code: ClassVar[str] = "auth.codeInvalid"
    title: ClassVar[str] = "The code is wrong or no longer valid"


class PasswordCompromisedError(InvalidInputError):
    """Too easy to guess; the detail tells the reason, never the password."""

    code: ClassVar[str] = "auth.passwordCompromised"
    title: ClassVar[str] = "This password is too easy to guess"


class PasswordTooShortError(InvalidInputError):
    code: ClassVar[str] = "auth.passwordTooShort"
    title: ClassVar[str] = "The password is too short"


class PasswordTooLongError(InvalidInputError):
    code: ClassVar[str] = "auth.passwordTooLong"
    title: ClassVar[str] = "The password is too long"


class RefreshInvalidError(UnauthorizedError):
    """An unknown refresh token, or one whose session is over."""

    code: ClassVar[str] = "auth.refreshInvalid"
    title: ClassVar[str] = "The refresh token is not valid"


class RefreshReusedError(UnauthorizedError):
    """A refresh token that was used before, outside the rule for repeats: its family has ended."""

    code: ClassVar[str] = "auth.refreshReused"
    title: ClassVar[str] = "The refresh token was used before; sign in again"


class SessionNotFoundError(NotFoundError):
    code: ClassVar[str] = "auth.sessionNotFound"
    title: ClassVar[str] = "There is no such session"


class RevocationPendingError(UnavailableError):
    """PostgreSQL has the end, Redis could not be told yet; the outbox finishes it."""

    code: ClassVar[str] = "auth.revocationPending"
    title: ClassVar[str] = "The end of the session is recorded and is being spread"


class ChallengeInvalidError(UnauthorizedError):
    """Unknown, used, expired or voided: whatever was begun has to begin again."""

    code: ClassVar[str] = "auth.challengeInvalid"
    title: ClassVar[str] = "Start the sign-in again"


class SecondFactorInvalidError(UnauthorizedError):
    """A wrong, used or expired code, or an assertion that does not hold: the answer never says which."""

    code: ClassVar[str] = "auth.secondFactorInvalid"
    title: ClassVar[str] = "The second factor was not accepted"


class TooManyAttemptsError(TooManyRequestsError):
    code: ClassVar[str] = "auth.tooManyAttempts"
    title: ClassVar[str] = "Too many wrong tries; wait a while"


class TotpAlreadyOnError(ConflictError):
    code: ClassVar[str] = "auth.totpAlreadyOn"
    title: ClassVar[str] = "An authenticator app is set up already; remove it first"


class TotpNotFoundError(NotFoundError):
    code: ClassVar[str] = "auth.totpNotFound"
    title: ClassVar[str] = "No authenticator app is set up"


class NoSecondFactorError(ConflictError):
    """Recovery codes stand in for a factor; there is none."""

    code: ClassVar[str] = "auth.noSecondFactor"
    title: ClassVar[str] = "Set up a second factor first"


class EmailUnchangedError(InvalidInputError):
    code: ClassVar[str] = "auth.emailUnchanged"
    title: ClassVar[str] = "The account has this address already"


class EmailTakenError(ConflictError):
    """Never told to a caller, who would learn who has an account: it becomes the answer to a wrong code."""

    code: ClassVar[str] = "auth.emailTaken"
    title: ClassVar[str] = "Another account has this address"


class RevertInvalidError(BadRequestError):
    """An unknown, used or expired link, or an address that cannot be had back: one answer for all."""

    code: ClassVar[str] = "auth.revertInvalid"
    title: ClassVar[str] = "The link is wrong or no longer valid"
