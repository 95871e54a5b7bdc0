from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Response

from KSysAdmin.backend.application.input.administratorInput import ChangeOwnAccountInput
from KSysAdmin.backend.application.input.signInInput import (
    ChangeOwnPasswordInput,
    ReauthenticateInput,
    TotpCodeInput,
)
from KSysAdmin.backend.application.output.ownAccountOutput import (
    OwnSessionsOutput,
    ReauthenticatedOutput,
    RecoveryCodesOutput,
)
from KSysAdmin.backend.application.output.signInOutput import TotpEnrollmentOutput
from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    AdministratorNotFoundError,
    CodeInvalidError,
    CurrentPasswordWrongError,
    FactorNotSetUpError,
    NotAuthenticatedError,
    PasswordCompromisedError,
    PasswordTooLongError,
    PasswordTooShortError,
    SessionNotFoundError,
    TooManyTriesError,
)
from KSysAdmin.backend.domain.exceptions.passkeyErrors import LastFactorError, PasskeyRefusedError
from KSysAdmin.backend.infrastructure.http.authorization import (
    OWN_FRESH_REFUSALS,
    OWN_REFUSALS,
    ActorDep,
    CookieDep,
    UseCasesDep,
    requiresFreshSession,
    requiresSession,
)
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.exceptions.problems import problemsOf

ownAccountRouter = APIRouter(prefix="/api/admin/auth", tags=["own account"])


@ownAccountRouter.patch(
    "/me",
    summary="Change the language of the mails one gets",
    description="Notices and links come in this language from now on.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requiresSession()],
    responses=problemsOf(*OWN_REFUSALS, AdministratorNotFoundError),
)
async def changeOwnAccount(asked: ChangeOwnAccountInput, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.changeOwnAccount.execute(asked, actor)


@ownAccountRouter.post(
    "/reauthenticate",
    summary="Prove anew who one is",
    description=(
        "Calls that say `auth.reauthenticationRequired` (RFC 9470) are open for five minutes after this. The session"
        " goes on under another cookie, and the old one is good nowhere."
    ),
    dependencies=[requiresSession()],
    responses=problemsOf(
        *OWN_REFUSALS, CodeInvalidError, PasskeyRefusedError, TooManyTriesError, AdministratorNotFoundError
    ),
)
async def reauthenticate(
    asked: ReauthenticateInput, actor: ActorDep, useCases: UseCasesDep, cookie: CookieDep, response: Response
) -> ReauthenticatedOutput:
    renewed = await useCases.reauthenticate.execute(asked, actor)
    cookie.putSession(response, renewed.sessionSecret, renewed.expiresAt)
    return renewed.output


@ownAccountRouter.post(
    "/password",
    summary="Change the own password",
    description="Needs the present one. Other sessions end, and a mail tells of it.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requiresFreshSession()],
    responses=problemsOf(
        *OWN_FRESH_REFUSALS,
        AdministratorNotFoundError,
        CurrentPasswordWrongError,
        PasswordTooShortError,
        PasswordTooLongError,
        PasswordCompromisedError,
        TooManyTriesError,
        HashPoolFullError,
    ),
)
async def changeOwnPassword(asked: ChangeOwnPasswordInput, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.changeOwnPassword.execute(asked, actor)


@ownAccountRouter.post(
    "/mfa/recovery-codes",
    summary="Ten new recovery codes",
    description="The old ones are void, other sessions end, and a mail tells of it. Shown this once.",
    dependencies=[requiresFreshSession()],
    responses=problemsOf(*OWN_FRESH_REFUSALS, AdministratorNotFoundError),
)
async def renewRecoveryCodes(actor: ActorDep, useCases: UseCasesDep) -> RecoveryCodesOutput:
    return await useCases.renewRecoveryCodes.execute(actor)


@ownAccountRouter.post(
    "/mfa/totp/setup",
    summary="Make a secret for another authenticator app, or the first one",
    description="The present app stays good until a code of the new one is confirmed. Asking again makes a new secret.",
    dependencies=[requiresFreshSession()],
    responses=problemsOf(*OWN_FRESH_REFUSALS, AdministratorNotFoundError),
)
async def proposeTotp(actor: ActorDep, useCases: UseCasesDep) -> TotpEnrollmentOutput:
    return await useCases.proposeTotp.execute(actor)


@ownAccountRouter.post(
    "/mfa/totp/setup/confirm",
    summary="Take the new authenticator app into use, in the place of the old one",
    description="With a code of the new app, which counts as used. Other sessions end, and a mail tells of it.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requiresFreshSession()],
    responses=problemsOf(
        *OWN_FRESH_REFUSALS, AdministratorNotFoundError, CodeInvalidError, TooManyTriesError, FactorNotSetUpError
    ),
)
async def setUpTotp(asked: TotpCodeInput, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.setUpTotp.execute(asked, actor)


@ownAccountRouter.delete(
    "/mfa/totp",
    summary="Remove the authenticator app",
    description="Not the only factor there is. Other sessions end, and a mail tells of it.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requiresFreshSession()],
    responses=problemsOf(*OWN_FRESH_REFUSALS, AdministratorNotFoundError, LastFactorError, FactorNotSetUpError),
)
async def removeTotp(actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.removeTotp.execute(actor)


@ownAccountRouter.get(
    "/sessions",
    summary="Where one is signed in",
    description="The live sessions of this administrator, the last signed in first.",
    dependencies=[requiresSession()],
    responses=problemsOf(NotAuthenticatedError),
)
async def listOwnSessions(actor: ActorDep, useCases: UseCasesDep) -> OwnSessionsOutput:
    return await useCases.listOwnSessions.execute(actor)


@ownAccountRouter.delete(
    "/sessions",
    summary="Sign out everywhere else",
    description="Every other session of this administrator is over when this answers.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requiresSession()],
    responses=problemsOf(*OWN_REFUSALS),
)
async def endOtherOwnSessions(actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.endOtherOwnSessions.execute(actor)


@ownAccountRouter.delete(
    "/sessions/{sessionId}",
    summary="End one of one's own sessions",
    description="It is over when this answers.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requiresSession()],
    responses=problemsOf(*OWN_REFUSALS, SessionNotFoundError),
)
async def endOwnSession(sessionId: UUID, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.endOwnSession.execute(sessionId, actor)
