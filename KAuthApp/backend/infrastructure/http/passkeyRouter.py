from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from KAuthApp.backend.application.input.passkeyInputs import (
    PasskeySignInInput,
    PasskeySignInOptionsInput,
    RegisterPasskeyInput,
    RenamePasskeyInput,
)
from KAuthApp.backend.application.output.loginOutput import LoginOutput
from KAuthApp.backend.application.output.passkeyOutputs import PasskeyAddedOutput, PasskeyOutput
from KAuthApp.backend.domain.exceptions.authErrors import (
    ChallengeInvalidError,
    RevocationPendingError,
    UnauthenticatedError,
)
from KAuthApp.backend.domain.exceptions.passkeyErrors import (
    PasskeyNotFoundError,
    PasskeyRefusedError,
    PasskeyRegistrationRefusedError,
    PasskeyTakenError,
    TooManyPasskeysError,
)
from KAuthApp.backend.infrastructure.http.cookies import handOver
from KAuthApp.backend.infrastructure.http.dependencies import DeviceDep, FreshDep, IdentityDep, UseCasesDep, openToAll
from KAuthApp.backend.infrastructure.http.renewal import goOn
from shared.backend.exceptions.accessErrors import ReauthenticationRequiredError, SessionRequiredError
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.credentials import CsrfRequiredError
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page
from shared.backend.webAuthn.refusal import PasskeysUnavailableError
from shared.backend.webAuthn.webAuthnJson import CreationOptionsJson, RequestOptionsJson

passkeyRouter = APIRouter(prefix="/api/auth/passkeys", tags=["passkeys"])

_ANYBODY: Final = (InvalidInputError, TooManyRequestsError, UnavailableError)
_SIGNED_IN: Final = (
    UnauthenticatedError,
    SessionRequiredError,
    CsrfRequiredError,
    TooManyRequestsError,
    UnavailableError,
)
_FRESH: Final = (*_SIGNED_IN, ReauthenticationRequiredError)


@passkeyRouter.post(
    "/authentication/options",
    summary="Begin to sign in with a passkey",
    description="PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3). With `challengeId` of a sign-in that waits "
    "for its second factor: the passkeys of that account. With `email`: its passkeys, or decoys that stay the same. "
    "With neither: any passkey that the person picks, for autofill. Good once, for five minutes.",
    dependencies=[openToAll],
    responses=problemsOf(*_ANYBODY, ChallengeInvalidError, PasskeyNotFoundError, PasskeysUnavailableError),
)
async def offerPasskeySignIn(
    useCases: UseCasesDep, asked: PasskeySignInOptionsInput | None = None
) -> RequestOptionsJson:
    return await useCases.offerPasskeySignIn.execute(asked or PasskeySignInOptionsInput())


@passkeyRouter.post(
    "/authentication/verify",
    summary="Sign in with a passkey",
    description="AuthenticationResponseJSON (WebAuthn Level 3). A passkey is two factors by itself, so nothing else is "
    "asked for. Unknown passkey, wrong signature and suspended account are answered alike.",
    dependencies=[openToAll],
    responses=problemsOf(*_ANYBODY, PasskeyRefusedError, ChallengeInvalidError),
)
async def signInWithPasskey(
    asked: PasskeySignInInput, device: DeviceDep, response: Response, useCases: UseCasesDep
) -> LoginOutput:
    signedIn = await useCases.signInWithPasskey.execute(asked, device)
    return handOver(signedIn, response, useCases.cookie)


@passkeyRouter.post(
    "/registration/options",
    summary="Begin to register a passkey",
    description="PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3). Good once, for five minutes, in this "
    "session. Needs a sign-in of the last few minutes.",
    responses=problemsOf(*_FRESH, TooManyPasskeysError, PasskeysUnavailableError),
)
async def startPasskeyRegistration(identity: FreshDep, useCases: UseCasesDep) -> CreationOptionsJson:
    return await useCases.startPasskeyRegistration.execute(identity)


@passkeyRouter.post(
    "/registration/verify",
    summary="Register a passkey",
    description="RegistrationResponseJSON (WebAuthn Level 3) and a name. With the first factor of an account come ten "
    "recovery codes; later `recoveryCodes` is null. Other sessions end, this one goes on under a new cookie. A 503 "
    "`auth.revocationPending` carries `recoveryCodes` too: they are shown this once.",
    status_code=HTTPStatus.CREATED,
    response_model=PasskeyAddedOutput,
    responses=problemsOf(
        *_FRESH,
        InvalidInputError,
        PasskeyRegistrationRefusedError,
        PasskeyTakenError,
        TooManyPasskeysError,
        RevocationPendingError,
    ),
)
async def completePasskeyRegistration(
    asked: RegisterPasskeyInput,
    identity: FreshDep,
    device: DeviceDep,
    useCases: UseCasesDep,
    request: Request,
    response: Response,
) -> PasskeyAddedOutput | Response:
    answer, renewal = await useCases.completePasskeyRegistration.execute(asked, device, identity)
    return goOn(renewal, answer, request, response, useCases.cookie, answer.recoveryCodes)


@passkeyRouter.get(
    "",
    summary="List the own passkeys",
    description="The oldest first.",
    responses=problemsOf(
        UnauthenticatedError,
        SessionRequiredError,
        InvalidInputError,
        InvalidCursorError,
        TooManyRequestsError,
        UnavailableError,
    ),
)
async def listPasskeys(page: PageDep, identity: IdentityDep, useCases: UseCasesDep) -> Page[PasskeyOutput]:
    return await useCases.listPasskeys.execute(page, identity)


@passkeyRouter.get(
    "/{passkeyId}",
    summary="Show one of the own passkeys",
    description="As it is in the list.",
    responses=problemsOf(
        UnauthenticatedError, SessionRequiredError, PasskeyNotFoundError, TooManyRequestsError, UnavailableError
    ),
)
async def showPasskey(passkeyId: UUID, identity: IdentityDep, useCases: UseCasesDep) -> PasskeyOutput:
    return await useCases.showPasskey.execute(passkeyId, identity)


@passkeyRouter.patch(
    "/{passkeyId}",
    summary="Rename one of the own passkeys",
    description="Nothing else about it changes.",
    responses=problemsOf(*_SIGNED_IN, PasskeyNotFoundError, InvalidInputError),
)
async def renamePasskey(
    passkeyId: UUID, change: RenamePasskeyInput, identity: IdentityDep, useCases: UseCasesDep
) -> PasskeyOutput:
    return await useCases.renamePasskey.execute(passkeyId, change, identity)


@passkeyRouter.delete(
    "/{passkeyId}",
    summary="Remove one of the own passkeys",
    description="Other sessions end, this one goes on under a new cookie. The recovery codes go with the last factor.",
    status_code=HTTPStatus.NO_CONTENT,
    response_model=None,
    responses=problemsOf(*_FRESH, PasskeyNotFoundError, InvalidInputError, RevocationPendingError),
)
async def removePasskey(
    passkeyId: UUID, identity: FreshDep, useCases: UseCasesDep, request: Request, response: Response
) -> Response | None:
    renewal = await useCases.removePasskey.execute(passkeyId, identity)
    return goOn(renewal, None, request, response, useCases.cookie)
