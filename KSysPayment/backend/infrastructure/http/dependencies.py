from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Header, Request

from KSysPayment.backend.domain.exceptions.paymentErrors import IdempotencyKeyRequiredError
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor, IdentityReaderInterface
from KSysPayment.backend.infrastructure.http.paymentUseCases import PaymentUseCases
from shared.backend.exceptions.errors import UnauthorizedError
from shared.backend.http.access import BankAccess, GateInterface, PublicAccess, ScopeAccess
from shared.backend.http.credentials import Credential, credentialFrom, ensureCsrf
from shared.backend.utils.clock import ClockInterface

_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")


async def provideUseCases(request: Request) -> PaymentUseCases:
    useCases: PaymentUseCases = request.state.paymentUseCases
    return useCases


UseCasesDep = Annotated[PaymentUseCases, Depends(provideUseCases)]


class PaymentGate(GateInterface[Actor]):
    """Asks the service that owns identities, and reads its cookie."""

    freshFor = timedelta(minutes=5)

    def __init__(self, identityReader: IdentityReaderInterface, cookieName: str, clock: ClockInterface) -> None:
        self._identityReader, self._cookieName, self._clock = identityReader, cookieName, clock

    async def identify(self, request: Request) -> Actor:
        credential = self.credentialOf(request)
        actor = await self._identityReader.resolve(credential)
        ensureCsrf(request, credential)
        return actor

    def credentialOf(self, request: Request) -> Credential:
        credential = credentialFrom(request, self._cookieName)
        if credential is None:
            raise UnauthorizedError("sign in first")
        return credential

    def now(self) -> datetime:
        return self._clock.now()


def _gateOf(request: Request) -> PaymentGate:
    gate: PaymentGate = request.state.paymentGate
    return gate


async def provideCredential(request: Request) -> Credential:
    return _gateOf(request).credentialOf(request)


CredentialDep = Annotated[Credential, Depends(provideCredential)]

# What a route may declare. The first two hand it who asks.
ReaderDep = Annotated[Actor, Depends(ScopeAccess(_gateOf, "payment.read"))]
WriterDep = Annotated[Actor, Depends(ScopeAccess(_gateOf, "payment.write"))]
openToAll = Depends(PublicAccess())
openToTheBank = Depends(BankAccess())


async def provideIdempotencyKey(
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
