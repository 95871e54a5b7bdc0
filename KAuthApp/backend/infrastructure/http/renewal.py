from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from fastapi import Request, Response
from pydantic import JsonValue

from KAuthApp.backend.application.output.reauthenticatedOutput import ReauthenticatedOutput
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError
from KAuthApp.backend.infrastructure.http.cookies import SessionCookie
from shared.backend.exceptions.problems import problemOf
from shared.backend.http.credentials import csrfTokenFor

Answer = TypeVar("Answer")


def goOn(
    renewal: RenewalOutput,
    answer: Answer,
    request: Request,
    response: Response,
    cookie: SessionCookie,
    recoveryCodes: Sequence[str] | None = None,
) -> Answer | Response:
    """The answer of a session that goes on, with a browser's new cookie.

    While the end of the old secret is still being spread this is a refusal that says so, and carries the cookie too:
    PostgreSQL knows the old one no more. So it does `recoveryCodes`, which are shown this once.
    """
    if renewal.isSpread:
        _put(renewal, response, cookie)
        return answer
    pending = problemOf(request, RevocationPendingError(retryAfterSeconds=2), _codesAlone(recoveryCodes))
    _put(renewal, pending, cookie)
    return pending


def _codesAlone(codes: Sequence[str] | None) -> dict[str, JsonValue]:
    return {} if codes is None else {"recoveryCodes": [*codes]}


def withCsrfToken(answer: ReauthenticatedOutput, renewal: RenewalOutput) -> ReauthenticatedOutput:
    """A browser's new secret has a new token."""
    if renewal.sessionSecret is None:
        return answer
    return answer.model_copy(update={"csrfToken": csrfTokenFor(renewal.sessionSecret.get_secret_value())})


def _put(renewal: RenewalOutput, response: Response, cookie: SessionCookie) -> None:
    if renewal.sessionSecret is not None:
        cookie.put(response, renewal.sessionSecret, renewal.cookieSeconds)
