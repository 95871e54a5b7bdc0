from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor, IdentityReaderInterface
from shared.backend.http.credentials import Credential


class Identity(Protocol):
    """What another service says of a live credential, as far as it matters here."""

    @property
    def userId(self) -> UUID: ...

    @property
    def kind(self) -> Literal["session", "apiKey"]: ...

    @property
    def scopes(self) -> tuple[str, ...]: ...

    @property
    def authenticatedAt(self) -> datetime: ...

    @property
    def hasSecondFactor(self) -> bool: ...


ResolveIdentity = Callable[[Credential], Awaitable[Identity]]


class CallableIdentityReader(IdentityReaderInterface):
    """Asks the service that owns identities, in process."""

    def __init__(self, resolve: ResolveIdentity) -> None:
        self._resolve = resolve

    async def resolve(self, credential: Credential) -> Actor:
        identity = await self._resolve(credential)
        return Actor(
            userId=identity.userId,
            kind=identity.kind,
            scopes=identity.scopes,
            authenticatedAt=identity.authenticatedAt,
            hasSecondFactor=identity.hasSecondFactor,
        )
