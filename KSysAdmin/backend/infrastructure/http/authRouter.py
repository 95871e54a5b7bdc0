from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response
from pydantic import Field

from KSysAdmin.backend.application.input.signInInput import (
    AcceptInvitationInput,
    ConfirmBrowserInput,
    ConfirmTotpInput,
    EnrollTotpInput,
    JudgePasswordInput,
    SecondFactorInput,
    SignInInput,
)
from KSysAdmin.backend.application.output.passwordPolicyOutput import PasswordPolicyOutput
from KSysAdmin.backend.application.output.signInOutput import (
    AuthenticatedOutput,
    ProfileOutput,
    SignInOutput,
    TotpEnrollmentOutput,
)
from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    AdministratorNotFoundError,
    ChallengeInvalidError,
    CodeInvalidError,
    InvalidCredentialsError,
    InvitationInvalidError,
    NotAuthenticatedError,
    PasswordCompromisedError,
    PasswordTooLongError,
    PasswordTooShortError,
    TooManyTriesError,
)
from KSysAdmin.backend.domain.exceptions.passkeyErrors import PasskeyRefusedError
from KSysAdmin.backend.domain.exceptions.userErrors import RevocationPendingError
from KSysAdmin.backend.infrastructure.http.authorization import (
    CookieDep,
    CredentialDep,
    SignedInDep,
    SignInCallerDep,
    UseCasesDep,
    openToAll,
    requiresSession,
)
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError, csrfTokenFor
from shared.backend.passwords.passwordStrengthOutput import PasswordStrengthOutput
from shared.backend.utils.apiModel import OutputModel

NO_STORE = {"Cache-Control": "no-store"}

authRouter = APIRouter(prefix="/api/admin/auth", tags=["sign-in"])


class CsrfOutput(OutputModel):
    """Send it back as `X-CSRF-Token` with every call that changes something."""

    csrfToken: str = Field(examples=["q2x3m1Yb0l7T…"])


@authRouter.post(
    "/login",
    summary="Sign in, first half: the password",
    description=(
        "Answers with a challenge for the second factor, or for setting one up when there is none yet. After a hundred"
        " failures in a row at the account a browser that is not known is answered like a wrong password, and a right"
        " one is told to the mailbox: a link there makes the browser known."
    ),
    dependencies=[openToAll()],
    responses=problemsOf(InvalidCredentialsError, TooManyTriesError, HashPoolFullError),
)
async def startSignIn(asked: SignInInput, useCases: UseCasesDep, caller: SignInCallerDep) -> SignInOutput:
    return await useCases.startSignIn.execute(asked, caller)


@authRouter.post(
    "/second-factor",
    summary="Sign in, second half: a passkey, a code of the app or a recovery code",
    description="Sets the session cookie. Each answer of a passkey and each code is good once.",
    dependencies=[openToAll()],
    responses=problemsOf(
        ChallengeInvalidError, CodeInvalidError, PasskeyRefusedError, TooManyTriesError, AdministratorNotFoundError
    ),
)
async def completeSignIn(
    asked: SecondFactorInput, useCases: UseCasesDep, cookie: CookieDep, caller: SignInCallerDep, response: Response
) -> AuthenticatedOutput:
    signedIn = await useCases.completeSignIn.execute(asked, caller)
    cookie.put(response, signedIn)
    response.headers.update(NO_STORE)
    return signedIn.output


@authRouter.post(
    "/mfa/totp/enroll",
    summary="Make a secret for the authenticator app",
    description="With the challenge of a sign-in that said `enrollmentRequired`. Asking again makes a new secret.",
    dependencies=[openToAll()],
    responses=problemsOf(ChallengeInvalidError, AdministratorNotFoundError),
)
async def enrollTotp(asked: EnrollTotpInput, useCases: UseCasesDep, response: Response) -> TotpEnrollmentOutput:
    response.headers.update(NO_STORE)
    return await useCases.enrollTotp.execute(asked)


@authRouter.post(
    "/mfa/totp/confirm",
    summary="Confirm the authenticator app and sign in",
    description="Sets the session cookie and shows the ten recovery codes, this once.",
    dependencies=[openToAll()],
    responses=problemsOf(ChallengeInvalidError, CodeInvalidError, AdministratorNotFoundError),
)
async def confirmTotp(
    asked: ConfirmTotpInput, useCases: UseCasesDep, cookie: CookieDep, caller: SignInCallerDep, response: Response
) -> AuthenticatedOutput:
    signedIn = await useCases.confirmTotp.execute(asked, caller)
    cookie.put(response, signedIn)
    response.headers.update(NO_STORE)
    return signedIn.output


@authRouter.post(
    "/invitation/accept",
    summary="Choose a password with a one-time link",
    description="Opening the link spends nothing; this does. Then sign in.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[openToAll()],
    responses=problemsOf(
        InvitationInvalidError,
        PasswordTooShortError,
        PasswordTooLongError,
        PasswordCompromisedError,
        AdministratorNotFoundError,
        HashPoolFullError,
    ),
)
async def acceptInvitation(accepted: AcceptInvitationInput, useCases: UseCasesDep) -> None:
    await useCases.acceptInvitation.execute(accepted)


@authRouter.get(
    "/password-policy",
    summary="The rules for administrators' passwords",
    description="What a new password has to be: long enough, and none that guessers try first. There are no others.",
    dependencies=[openToAll()],
    responses=problemsOf(),
)
async def showPasswordPolicy(useCases: UseCasesDep) -> PasswordPolicyOutput:
    return await useCases.showPasswordPolicy.execute()


@authRouter.post(
    "/password/strength",
    summary="Judge a new password",
    description="How soon a password would be guessed, and whether it would be taken: by the very rules that decide "
    "when it is chosen. Changes nothing, keeps nothing and does not spend the link.",
    dependencies=[openToAll()],
    responses=problemsOf(),
)
async def judgePassword(asked: JudgePasswordInput, useCases: UseCasesDep) -> PasswordStrengthOutput:
    return await useCases.judgePassword.execute(asked)


@authRouter.post(
    "/browser/confirm",
    summary="Make this browser a known one with a mailed link",
    description="Opening the link spends nothing; this does. Sets the cookie the browser is known by. Then sign in.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[openToAll()],
    responses=problemsOf(InvitationInvalidError, AdministratorNotFoundError),
)
async def confirmBrowser(
    confirmed: ConfirmBrowserInput,
    useCases: UseCasesDep,
    cookie: CookieDep,
    caller: SignInCallerDep,
    response: Response,
) -> None:
    cookie.putDevice(response, await useCases.confirmBrowser.execute(confirmed, caller))


@authRouter.post(
    "/logout",
    summary="Sign out",
    description="Ends this session everywhere at once.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(NotAuthenticatedError, CsrfRequiredError, RevocationPendingError),
)
async def signOut(actor: SignedInDep, useCases: UseCasesDep, cookie: CookieDep, response: Response) -> None:
    await useCases.signOut.execute(actor)
    cookie.remove(response)


@authRouter.get(
    "/me",
    summary="Who is signed in",
    description="The administrator of this session, with roles and permissions.",
    responses=problemsOf(NotAuthenticatedError),
)
async def showAdministrator(actor: SignedInDep, useCases: UseCasesDep) -> ProfileOutput:
    return await useCases.showProfile.execute(actor)


@authRouter.get(
    "/csrf",
    summary="The token for calls that change something",
    description="Send it as `X-CSRF-Token` with every call that changes something.",
    dependencies=[requiresSession()],
    responses=problemsOf(NotAuthenticatedError),
)
async def showAdminCsrfToken(credential: CredentialDep, response: Response) -> CsrfOutput:
    response.headers.update(NO_STORE)
    return CsrfOutput(csrfToken=csrfTokenFor(credential.secret.get_secret_value()))
