from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from KAuthApp.backend.application.output.passwordPolicyOutput import PasswordPolicyOutput
from KAuthApp.backend.application.output.proofOfWorkOutput import ProofOfWorkOutput
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from KAuthApp.backend.infrastructure.http.dependencies import DeviceDep, UseCasesDep, openToAll
from shared.backend.exceptions.errors import InvalidInputError, TooManyRequestsError, UnavailableError
from shared.backend.exceptions.problems import problemsOf

defenceRouter = APIRouter(prefix="/api/auth", tags=["sign-in"])

Purpose = Annotated[ProofPurpose, Query(description="The call that answered `auth.proofRequired`")]


@defenceRouter.get(
    "/proof-of-work",
    summary="Get work to do",
    description="A challenge of altcha (version 2) for a call that answered `auth.proofRequired`. Solve it and send "
    "the call again with `proof`: the base64 of `{challenge, solution}` as altcha's libraries write it. Good once, "
    "for ten minutes, for the one call.",
    dependencies=[openToAll],
    responses=problemsOf(InvalidInputError, TooManyRequestsError, UnavailableError),
)
async def requestProofOfWork(
    device: DeviceDep, useCases: UseCasesDep, purpose: Purpose = ProofPurpose.LOGIN
) -> ProofOfWorkOutput:
    return await useCases.requestProofOfWork.execute(purpose, device)


@defenceRouter.get(
    "/password-policy",
    summary="Get the rules for passwords",
    description="What a new password has to be: long enough, and none that guessers try first. There are no others.",
    dependencies=[openToAll],
    responses=problemsOf(TooManyRequestsError, UnavailableError),
)
async def getPasswordPolicy(response: Response, useCases: UseCasesDep) -> PasswordPolicyOutput:
    response.headers["Cache-Control"] = "public, max-age=60"
    return await useCases.getPasswordPolicy.execute()
