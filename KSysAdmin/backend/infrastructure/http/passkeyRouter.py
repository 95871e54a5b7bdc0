from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response

from KSysAdmin.backend.application.input.passkeyInputs import (
    EnrollPasskeyInput,
    RegisterPasskeyInput,
    RenamePasskeyInput,
)
from KSysAdmin.backend.application.input.signInInput import ChallengeInput
from KSysAdmin.backend.application.output.passkeyOutputs import PasskeyListOutput, PasskeyOutput
from KSysAdmin.backend.application.output.signInOutput import AuthenticatedOutput
from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    AdministratorNotFoundError,
    ChallengeInvalidError,
    NotAuthenticatedError,
)
from KSysAdmin.backend.domain.exceptions.passkeyErrors import (
    LastFactorError,
    PasskeyNotFoundError,
    PasskeyRegistrationRefusedError,
    PasskeyTakenError,
    TooManyPasskeysError,
)
from KSysAdmin.backend.infrastructure.http.authorization import (
    CookieDep,
    FreshDep,
    SignedInDep,
    SignInCallerDep,
    UseCasesDep,
    openToAll,
)
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError
from shared.backend.webAuthn.refusal import PasskeysUnavailableError
from shared.backend.webAuthn.webAuthnJson import CreationOptionsJson, RequestOptionsJson

passkeyRouter = APIRouter(prefix="/api/admin/auth", tags=["sign-in"])

_OWN: Final = (NotAuthenticatedError, CsrfRequiredError)
_FRESH: Final = (*_OWN, ReauthenticationRequiredError)


@passkeyRouter.post(
    "/passkeys/authentication/options",
    summary="Begin to complete a sign-in with a passkey",
    description="PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3), with the challenge of a sign-in that said "
    "`secondFactorRequired`. Good once, for five minutes.",
    dependencies=[openToAll()],
    responses=problemsOf(ChallengeInvalidError, PasskeyNotFoundError, PasskeysUnavailableError),
)
async def offerPasskeySignIn(asked: ChallengeInput, useCases: UseCasesDep) -> RequestOptionsJson:
    return await useCases.offerPasskeySignIn.execute(asked)


@passkeyRouter.post(
    "/passkeys/enrollment/options",
    summary="Begin to set up a passkey as the first factor",
    description="PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3), with the challenge of a sign-in that said "
    "`enrollmentRequired`. Good once, for five minutes.",
    dependencies=[openToAll()],
    responses=problemsOf(ChallengeInvalidError, AdministratorNotFoundError, PasskeysUnavailableError),
)
async def startPasskeyEnrollment(asked: ChallengeInput, useCases: UseCasesDep) -> CreationOptionsJson:
    return await useCases.startPasskeyEnrollment.execute(asked)


@passkeyRouter.post(
    "/passkeys/enrollment/verify",
    summary="Set up a passkey as the first factor and sign in",
    description="RegistrationResponseJSON (WebAuthn Level 3), a name and the challenge. Sets the session cookie and "
    "shows the ten recovery codes, this once.",
    dependencies=[openToAll()],
    responses=problemsOf(
        ChallengeInvalidError,
        AdministratorNotFoundError,
        PasskeyRegistrationRefusedError,
        PasskeyTakenError,
        TooManyPasskeysError,
    ),
)
async def enrollPasskey(
    asked: EnrollPasskeyInput, useCases: UseCasesDep, cookie: CookieDep, caller: SignInCallerDep, response: Response
) -> AuthenticatedOutput:
    signedIn = await useCases.enrollPasskey.execute(asked, caller)
    cookie.put(response, signedIn)
    return signedIn.output


@passkeyRouter.post(
    "/reauthenticate/options",
    summary="Begin to show by a passkey that it is you",
    description="PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3) for one of the own passkeys. Good once, for "
    "five minutes, in this session.",
    responses=problemsOf(*_OWN, PasskeyNotFoundError, PasskeysUnavailableError),
)
async def offerStepUp(actor: SignedInDep, useCases: UseCasesDep) -> RequestOptionsJson:
    return await useCases.offerStepUp.execute(actor)


@passkeyRouter.post(
    "/passkeys/registration/options",
    summary="Begin to register another passkey",
    description="PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3). Good once, for five minutes, in this "
    "session. Needs a sign-in of the last few minutes.",
    responses=problemsOf(*_FRESH, AdministratorNotFoundError, TooManyPasskeysError, PasskeysUnavailableError),
)
async def startPasskeyRegistration(actor: FreshDep, useCases: UseCasesDep) -> CreationOptionsJson:
    return await useCases.startPasskeyRegistration.execute(actor)


@passkeyRouter.post(
    "/passkeys/registration/verify",
    summary="Register another passkey",
    description="RegistrationResponseJSON (WebAuthn Level 3) and a name. Other sessions end, and a mail tells of it.",
    status_code=HTTPStatus.CREATED,
    responses=problemsOf(
        *_FRESH,
        AdministratorNotFoundError,
        PasskeyRegistrationRefusedError,
        PasskeyTakenError,
        TooManyPasskeysError,
    ),
)
async def addPasskey(asked: RegisterPasskeyInput, actor: FreshDep, useCases: UseCasesDep) -> PasskeyOutput:
    return await useCases.addPasskey.execute(asked, actor)


@passkeyRouter.get(
    "/passkeys",
    summary="List the own passkeys",
    description="The oldest first.",
    responses=problemsOf(NotAuthenticatedError),
)
async def listPasskeys(actor: SignedInDep, useCases: UseCasesDep) -> PasskeyListOutput:
    return await useCases.listPasskeys.execute(actor)


@passkeyRouter.patch(
    "/passkeys/{passkeyId}",
    summary="Rename one of the own passkeys",
    description="Nothing else about it changes.",
    responses=problemsOf(*_OWN, PasskeyNotFoundError),
)
async def renamePasskey(
    passkeyId: UUID, change: RenamePasskeyInput, actor: SignedInDep, useCases: UseCasesDep
) -> PasskeyOutput:
    return await useCases.renamePasskey.execute(passkeyId, change, actor)


@passkeyRouter.delete(
    "/passkeys/{passkeyId}",
    summary="Remove one of the own passkeys",
    description="Not the only factor there is. Other sessions end, and a mail tells of it.",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problemsOf(*_FRESH, AdministratorNotFoundError, PasskeyNotFoundError, LastFactorError),
)
async def removePasskey(passkeyId: UUID, actor: FreshDep, useCases: UseCasesDep) -> None:
    await useCases.removePasskey.execute(passkeyId, actor)
