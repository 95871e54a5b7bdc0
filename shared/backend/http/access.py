from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Generic, Literal, Protocol, TypeVar

from fastapi import Request
from pydantic import JsonValue

from shared.backend.exceptions.accessErrors import (
    PermissionDeniedError,
    ReauthenticationRequiredError,
    ScopeRequiredError,
    SecondFactorRequiredError,
    SessionRequiredError,
)
from shared.backend.exceptions.errors import DomainError, UnauthorizedError

AccessClass = Literal["public", "session", "fresh", "secondFactor", "permission", "scope", "bank"]


class Caller(Protocol):
    """What enforcement asks of whoever is behind a live credential."""

    @property
    def kind(self) -> Literal["session", "apiKey"]: ...

    @property
    def scopes(self) -> Collection[str]: ...

    @property
    def permissions(self) -> Collection[str]: ...

    @property
    def authenticatedAt(self) -> datetime: ...

    @property
    def hasSecondFactor(self) -> bool: ...


AnyCaller = TypeVar("AnyCaller", bound=Caller)


class GateInterface(ABC, Generic[AnyCaller]):
    """Says who is behind a request to one service, and how old a sign-in may be for what is sensitive."""

    freshFor: timedelta

    @abstractmethod
    async def identify(self, request: Request) -> AnyCaller:
        """The caller; UnauthorizedError without a live credential. A cookie that changes something needs its CSRF
        token.
        """

    @abstractmethod
    def now(self) -> datetime: ...


class Access(ABC):
    """
    Who may call a route. A route declares one such object as its dependency, and the same object enforces it.

    FastAPI walks the tree of dependencies anew for each request, so these ask for nothing but the request.
    """

    kind: ClassVar[AccessClass]
    refusals: ClassVar[Sequence[type[DomainError]]] = ()

    @abstractmethod
    async def __call__(self, request: Request) -> object:
        """Whom it lets in, or the refusal."""

    def described(self) -> dict[str, JsonValue]:
        """What OpenAPI shows as `x-access`."""
        return {"class": self.kind}


class PublicAccess(Access):
    """Meant to be reached by anybody."""

    kind: ClassVar[AccessClass] = "public"

    async def __call__(self, request: Request) -> None:
        return None


class BankAccess(Access):
    """Reached by the bank alone: the use case checks its signature over the body as it was received."""

    kind: ClassVar[AccessClass] = "bank"

    async def __call__(self, request: Request) -> None:
        return None


class _CallerAccess(Access, Generic[AnyCaller]):
    """Lets known callers in and hands the caller to the route, also as `request.state.caller`. `admit` may ask more."""

    def __init__(self, gateOf: Callable[[Request], GateInterface[AnyCaller]]) -> None:
        self._gateOf = gateOf

    async def __call__(self, request: Request) -> AnyCaller:
        gate = self._gateOf(request)
        caller = await gate.identify(request)
        self.admit(caller, gate, request)
        request.state.caller = caller
        return caller

    @abstractmethod
    def admit(self, caller: AnyCaller, gate: GateInterface[AnyCaller], request: Request) -> None:
        """Nothing, or the refusal."""


class SessionAccess(_CallerAccess[AnyCaller]):
    """A person who is signed in; no API key."""

    kind: ClassVar[AccessClass] = "session"
    refusals: ClassVar[Sequence[type[DomainError]]] = (UnauthorizedError, SessionRequiredError)

    def admit(self, caller: AnyCaller, gate: GateInterface[AnyCaller], request: Request) -> None:
        if caller.kind != "session":
            raise SessionRequiredError


class SecondFactorAccess(SessionAccess[AnyCaller]):
    """A person who has shown a second factor in this session."""

    kind: ClassVar[AccessClass] = "secondFactor"
    refusals: ClassVar[Sequence[type[DomainError]]] = (*SessionAccess.refusals, SecondFactorRequiredError)

    def admit(self, caller: AnyCaller, gate: GateInterface[AnyCaller], request: Request) -> None:
        super().admit(caller, gate, request)
        if not caller.hasSecondFactor:
            raise SecondFactorRequiredError.stepUp(_schemeOf(request))


class FreshAccess(SessionAccess[AnyCaller]):
    """A person who has signed in, or confirmed it, a moment ago."""

    kind: ClassVar[AccessClass] = "fresh"
    refusals: ClassVar[Sequence[type[DomainError]]] = (*SessionAccess.refusals, ReauthenticationRequiredError)

    def admit(self, caller: AnyCaller, gate: GateInterface[AnyCaller], request: Request) -> None:
        super().admit(caller, gate, request)
        ensureFresh(caller, gate, request)


class ProvenAccess(SessionAccess[AnyCaller]):
    """A person who is signed in; who has shown a second factor in this session has done so, or again, a moment ago."""

    refusals: ClassVar[Sequence[type[DomainError]]] = (*SessionAccess.refusals, ReauthenticationRequiredError)

    def admit(self, caller: AnyCaller, gate: GateInterface[AnyCaller], request: Request) -> None:
        super().admit(caller, gate, request)
        if caller.hasSecondFactor:
            ensureFresh(caller, gate, request)

    def described(self) -> dict[str, JsonValue]:
        return {"class": self.kind, "freshSecondFactor": True}


class ScopeAccess(_CallerAccess[AnyCaller]):
    """A person who is signed in, or an API key that is good for this; any live key when no scope is named."""

    kind: ClassVar[AccessClass] = "scope"
    refusals: ClassVar[Sequence[type[DomainError]]] = (UnauthorizedError, ScopeRequiredError)

    def __init__(self, gateOf: Callable[[Request], GateInterface[AnyCaller]], scope: str | None = None) -> None:
        super().__init__(gateOf)
        self.scope = scope

    def described(self) -> dict[str, JsonValue]:
        return {"class": self.kind, "scope": self.scope and str(self.scope)}

    def admit(self, caller: AnyCaller, gate: GateInterface[AnyCaller], request: Request) -> None:
        if caller.kind == "apiKey" and self.scope is not None and self.scope not in caller.scopes:
            raise ScopeRequiredError(f"this needs the scope {self.scope}", scope=self.scope)


class PermissionAccess(SecondFactorAccess[AnyCaller]):
    """An administrator whose roles hold the permission, and who signed in a moment ago where that is asked."""

    kind: ClassVar[AccessClass] = "permission"
    refusals: ClassVar[Sequence[type[DomainError]]] = (
        UnauthorizedError,
        PermissionDeniedError,
        ReauthenticationRequiredError,
    )

    def __init__(
        self, gateOf: Callable[[Request], GateInterface[AnyCaller]], permission: str, isFresh: bool = False
    ) -> None:
        super().__init__(gateOf)
        self.permission, self.isFresh = permission, isFresh

    def described(self) -> dict[str, JsonValue]:
        return {"class": self.kind, "permission": str(self.permission), "fresh": self.isFresh}

    def admit(self, caller: AnyCaller, gate: GateInterface[AnyCaller], request: Request) -> None:
        super().admit(caller, gate, request)
        if self.permission not in caller.permissions:
            raise PermissionDeniedError(f"this needs the permission {self.permission}")
        if self.isFresh:
            ensureFresh(caller, gate, request)


def ensureFresh(caller: Caller, gate: GateInterface[AnyCaller], request: Request) -> None:
    """ReauthenticationRequiredError when the sign-in is longer ago than the gate allows."""
    if gate.now() - caller.authenticatedAt > gate.freshFor:
        raise ReauthenticationRequiredError.after(int(gate.freshFor.total_seconds()), _schemeOf(request))


def _schemeOf(request: Request) -> str:
    isBearer = request.headers.get("Authorization", "")[:7].lower() == "bearer "
    return "Bearer" if isBearer else "Session"
