from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from shared.backend.database.failures import isDatabaseAway, isRetryable, isTextRefused
from shared.backend.exceptions.accessErrors import ScopeRequiredError
from shared.backend.exceptions.errors import (
    BadRequestError,
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)
from shared.backend.http.requestContext import requestIdOf
from shared.backend.loggingFactory import SystemLogger

PROBLEM_JSON: Final = "application/problem+json"

STATUS_BY_KIND: Final[Mapping[type[DomainError], HTTPStatus]] = {
    BadRequestError: HTTPStatus.BAD_REQUEST,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}

CODE_BY_STATUS: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: "request.bad",
    HTTPStatus.UNAUTHORIZED: "auth.unauthenticated",
    HTTPStatus.FORBIDDEN: "auth.forbidden",
    HTTPStatus.NOT_FOUND: "request.notFound",
    HTTPStatus.METHOD_NOT_ALLOWED: "request.methodNotAllowed",
    HTTPStatus.NOT_ACCEPTABLE: "request.notAcceptable",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "request.tooLarge",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "request.unsupportedMediaType",
}

METHODS: Final = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")

logger = SystemLogger("platform")


class ProblemField(BaseModel):
    """One property that was wrong. The value itself is never repeated: it may be a password."""

    model_config = ConfigDict(extra="forbid")

    field: str = Field(examples=["amount.value"])
    code: str = Field(examples=["missing"])
    message: str = Field(examples=["Field required"])


class Problem(BaseModel):
    """RFC 9457 problem details, with a stable `code` for programs and the request's id."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:k:request.invalid"])
    title: str
    status: int
    detail: str
    instance: str
    code: str
    requestId: str
    errors: list[ProblemField] = Field(default_factory=list)


def statusOf(errorType: type[DomainError]) -> HTTPStatus:
    """The HTTP status of this kind of refusal, by the nearest kind it descends from."""
    for kind in errorType.__mro__:
        status = STATUS_BY_KIND.get(kind)
        if status is not None:
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problemResponse(
    request: Request,
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    errors: Sequence[ProblemField] = (),
    headers: Mapping[str, str] | None = None,
    extension: Mapping[str, JsonValue] | None = None,
) -> JSONResponse:
    """One refusal as application/problem+json; `extension`: further members (RFC 9457, 3.2)."""
    problem = Problem(
        type=f"urn:k:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
        code=code,
        requestId=requestIdOf(request),
        errors=list(errors),
    )
    body = {**(extension or {}), **problem.model_dump()}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=PROBLEM_JSON)


def problemOf(request: Request, error: DomainError, extension: Mapping[str, JsonValue] | None = None) -> JSONResponse:
    """The answer to a request that was refused like this."""
    errors = [ProblemField(field=error.field, code=error.code, message=error.detail)] if error.field else []
    status = statusOf(type(error))
    logger.application.info("request.refused", error.detail, problem=error.code, status=int(status))
    return problemResponse(
        request,
        int(status),
        error.code,
        error.title,
        error.detail,
        errors=errors,
        headers=headersOf(error),
        extension=extension,
    )


def problemsOf(*errorTypes: type[DomainError]) -> dict[int | str, dict[str, object]]:
    """The `responses` of a route that may answer with these refusals: one entry a status, an example a code."""
    byStatus: dict[int | str, dict[str, object]] = {}
    grouped: dict[HTTPStatus, list[type[DomainError]]] = {}
    for errorType in errorTypes:
        grouped.setdefault(statusOf(errorType), []).append(errorType)
    for status, group in sorted(grouped.items()):
        byStatus[int(status)] = _documented(status, group)
    return byStatus


def _documented(status: HTTPStatus, group: Sequence[type[DomainError]]) -> dict[str, object]:
    examples = {
        errorType.code: {
            "summary": errorType.title,
            "value": {
                "type": f"urn:k:{errorType.code}",
                "title": errorType.title,
                "status": int(status),
                "detail": errorType.title,
                "instance": "/api",
                "code": errorType.code,
                "requestId": "0192f0c1-2345-7abc-8def-0123456789ab",
                "errors": [],
            },
        }
        for errorType in group
    }
    return {
        "description": "; ".join(dict.fromkeys(errorType.title for errorType in group)),
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def headersOf(error: DomainError) -> dict[str, str]:
    """The headers that belong to this refusal: Retry-After, WWW-Authenticate."""
    match error:
        case UnauthorizedError() | ScopeRequiredError():
            return {"WWW-Authenticate": error.challenge}
        case TooManyRequestsError() | UnavailableError():
            return {"Retry-After": str(error.retryAfterSeconds)}
        case ConflictError(retryAfterSeconds=int(seconds)):
            return {"Retry-After": str(seconds)}
        case _:
            return {}


def failureResponse(request: Request, error: Exception) -> JSONResponse:
    """
    The answer to what nobody foresaw: says nothing but the request's id.

    A database that is away or too busy is a 503; text that it cannot hold (a NUL) was a malformed request.
    """
    if isTextRefused(error):
        detail = "a text holds a character that cannot be stored"
        return problemResponse(request, 422, "request.invalid", "The request is not valid", detail)
    if isDatabaseAway(error) or isRetryable(error):
        logger.error.error("database.away", "the database did not answer", exception=error)
        return problemResponse(
            request, 503, UnavailableError.code, UnavailableError.title, "try again", headers={"Retry-After": "1"}
        )
    logger.error.error("request.failed", "an unexpected failure", exception=error)
    return problemResponse(request, 500, "internal.error", "Internal error", "quote the request id to support")


def installProblemHandlers(app: FastAPI) -> None:
    """Every refusal and every failure of this app leaves as application/problem+json (RFC 9457)."""

    async def onDomainError(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, DomainError):
            raise error
        return problemOf(request, error)

    async def onValidationError(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, RequestValidationError):
            raise error
        errors = [
            ProblemField(field=_fieldName(item["loc"]), code=str(item["type"]), message=str(item["msg"]))
            for item in error.errors()
        ]
        return problemResponse(
            request, 422, "request.invalid", "The request is not valid", "one or more fields are wrong", errors=errors
        )

    async def onHttpException(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        code = CODE_BY_STATUS.get(error.status_code, "request.refused")
        title = HTTPStatus(error.status_code).phrase
        isWrongMethod = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        headers = {"Allow": _allowedMethods(request)} if isWrongMethod else error.headers
        return problemResponse(request, error.status_code, code, title, title, headers=headers)

    app.add_exception_handler(DomainError, onDomainError)
    app.add_exception_handler(RequestValidationError, onValidationError)
    app.add_exception_handler(HTTPException, onHttpException)


def _allowedMethods(request: Request) -> str:
    """Every method of this path (RFC 9110, 15.5.6); the framework names only those of the first route that fits."""
    asked = [(method, {**request.scope, "method": method}) for method in METHODS]
    routes: Sequence[BaseRoute] = request.app.routes
    return ", ".join(
        method for method, scope in asked if any(route.matches(scope)[0] is Match.FULL for route in routes)
    )


def _fieldName(location: Sequence[int | str]) -> str:
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in {"body", "query", "path", "header", "cookie"}:
        parts = parts[1:]
    return ".".join(parts)
