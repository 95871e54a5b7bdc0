from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response

from KSysPayment.backend.domain.exceptions.paymentErrors import IdempotencyKeyRequiredError
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.backend.infrastructure.http.paymentUseCases import PaymentUseCases
from shared.backend.exceptions.errors import UnauthorizedError
from shared.backend.http.credentials import Credential, credentialFrom, ensureCsrf

_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")


async def provideUseCases(request: Request) -> PaymentUseCases:
    useCases: PaymentUseCases = request.state.paymentUseCases
    return useCases


UseCasesDep = Annotated[PaymentUseCases, Depends(provideUseCases)]


def provideCredential(request: Request, useCases: UseCasesDep) -> Credential:
    credential = credentialFrom(request, useCases.cookieName)
    if credential is None:
        raise UnauthorizedError("sign in first")
    return credential


CredentialDep = Annotated[Credential, Depends(provideCredential)]


async def provideActor(request: Request, credential: CredentialDep, useCases: UseCasesDep) -> Actor:
    """Who asks. A cookie that wants to change something needs its CSRF token too."""
    actor = await useCases.identityReader.resolve(credential)
    ensureCsrf(request, credential)
    return actor


ActorDep = Annotated[Actor, Depends(provideActor)]


async def provideIdempotencyKey(
    _: ActorDep,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="1 to 255 printable ASCII characters; the same key never has a second effect. Required.",
            examples=["5f0c7c1e-order-1"],
        ),
    ] = None,
) -> str:
    if key is None or not _KEY.fullmatch(key):
        raise IdempotencyKeyRequiredError("send an Idempotency-Key of 1 to 255 printable ASCII characters")
    return key


IdempotencyKeyDep = Annotated[str, Depends(provideIdempotencyKey)]


async def forbidStoring(response: Response) -> None:
    """Answers about money stay out of every cache."""
    response.headers["Cache-Control"] = "no-store"
