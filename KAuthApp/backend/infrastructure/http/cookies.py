from __future__ import annotations

from typing import Final

from fastapi import Response
from pydantic import SecretStr

from KAuthApp.backend.application.output.loginOutput import LoginOutput, SignedIn
from shared.backend.http.credentials import cookieNameFor
from shared.backend.utils.valueObject import ValueObject

SESSION_COOKIE: Final = "kSession"


class SessionCookie(ValueObject):
    """The browser's session cookie: never readable by scripts, never sent from other sites' forms."""

    name: str
    secure: bool

    @classmethod
    def forBaseUrl(cls, publicBaseUrl: str) -> SessionCookie:
        return cls(name=cookieNameFor(SESSION_COOKIE, publicBaseUrl), secure=publicBaseUrl.startswith("https://"))

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


def handOver(signedIn: SignedIn, response: Response, cookie: SessionCookie) -> LoginOutput:
    """The answer to a finished sign-in; a browser's secret leaves in the cookie only."""
    if signedIn.sessionSecret is not None:
        cookie.put(response, signedIn.sessionSecret, signedIn.cookieSeconds)
    return signedIn.answer
