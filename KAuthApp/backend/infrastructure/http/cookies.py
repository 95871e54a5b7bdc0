from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from fastapi import Request, Response
from pydantic import SecretStr

from KAuthApp.backend.application.output.loginOutput import LoginOutput, SignedIn
from shared.backend.http.credentials import cookieNameFor, hashCredential
from shared.backend.utils.valueObject import ValueObject

SESSION_COOKIE: Final = "kSession"
DEVICE_COOKIE: Final = "kDevice"
_BETWEEN: Final = "."
_MOST_KEPT: Final = 8
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class SessionCookie(ValueObject):
    """The browser's cookies, of its session and to be known again: never readable by scripts, never sent from other
    sites' forms.
    """

    name: str
    deviceName: str
    deviceSeconds: int
    secure: bool

    @classmethod
    def forBaseUrl(cls, publicBaseUrl: str, deviceSeconds: int) -> SessionCookie:
        return cls(
            name=cookieNameFor(SESSION_COOKIE, publicBaseUrl),
            deviceName=cookieNameFor(DEVICE_COOKIE, publicBaseUrl),
            deviceSeconds=deviceSeconds,
            secure=publicBaseUrl.startswith("https://"),
        )

    def put(self, response: Response, secret: SecretStr, seconds: int) -> None:
        response.set_cookie(
            self.name,
            secret.get_secret_value(),
            max_age=seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def take(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")

    def sessionHash(self, request: Request) -> str | None:
        """What its session would be known by; None when the browser shows nothing that could be one of our secrets."""
        shown = request.cookies.get(self.name, "")
        return hashCredential(shown) if _SECRET.fullmatch(shown) else None

    def deviceSecrets(self, request: Request) -> tuple[SecretStr, ...]:
        """What this browser kept of earlier sign-ins, of all its people."""
        kept = request.cookies.get(self.deviceName, "").split(_BETWEEN)[:_MOST_KEPT]
        return tuple(SecretStr(secret) for secret in kept if _SECRET.fullmatch(secret))

    def putDevice(self, response: Response, secrets: Sequence[SecretStr]) -> None:
        response.set_cookie(
            self.deviceName,
            _BETWEEN.join(secret.get_secret_value() for secret in secrets),
            max_age=self.deviceSeconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def handOver(signedIn: SignedIn, response: Response, cookie: SessionCookie) -> LoginOutput:
    """The answer to a finished sign-in; a browser's secrets leave in cookies only."""
    if signedIn.sessionSecret is not None:
        cookie.put(response, signedIn.sessionSecret, signedIn.cookieSeconds)
    if signedIn.deviceSecrets:
        cookie.putDevice(response, signedIn.deviceSecrets)
    return signedIn.answer
