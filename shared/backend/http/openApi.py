from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from fastapi import Depends, FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from shared.backend.exceptions.errors import DomainError
from shared.backend.exceptions.problems import PROBLEM_JSON, Problem, problemsOf
from shared.backend.http.access import Access, PublicAccess
from shared.backend.http.routeAccess import accessOfRoutes

Node = dict[str, object]
Call = tuple[str, str]

# What the gateway or the server may say to any request, whatever the route is for.
_ANYWHERE: Final = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this route takes",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address of the request is too long",
    HTTPStatus.TOO_MANY_REQUESTS: "Over a limit; `Retry-After` says when to come again",
    HTTPStatus.INTERNAL_SERVER_ERROR: "An unexpected failure; quote the request id",
    HTTPStatus.BAD_GATEWAY: "The server behind the gateway broke off",
    HTTPStatus.SERVICE_UNAVAILABLE: "A part this needs is away for now; `Retry-After` says when to come again",
    HTTPStatus.GATEWAY_TIMEOUT: "The server behind the gateway took too long",
}


def installOpenApi(app: FastAPI, url: str) -> None:
    """
    OpenAPI 3.1 in which every error is documented as the problem document it really is (RFC 9457), and `x-access` says
    who may call what. Comes after all other routes: UndeclaredRouteError when one of them does not say it.
    """

    def document() -> Node:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(
                get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes),
                access,
            )
        return app.openapi_schema

    async def showOpenApi() -> Response:
        return JSONResponse(app.openapi())

    app.openapi = document  # type: ignore[method-assign]
    app.add_api_route(url, showOpenApi, include_in_schema=False, dependencies=[Depends(PublicAccess())])
    access = accessOfRoutes(app.routes)


def _complete(schema: Node, access: Mapping[Call, Access]) -> Node:
    components = _child(_child(schema, "components"), "schemas")
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    nested = problem.pop("$defs", {})
    components.update(nested if isinstance(nested, dict) else {})
    components["Problem"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    for call, operation in _operations(schema):
        operation["x-access"] = access[call].described()
        _addRefusals(_child(operation, "responses"), access[call].refusals)
        _completeOperation(operation)
    return schema


def _addRefusals(responses: Node, refusals: Sequence[type[DomainError]]) -> None:
    """What the declaration of a route may refuse with, beside what its author listed."""
    for status, documented in problemsOf(*refusals).items():
        known = responses.setdefault(str(status), documented)
        if isinstance(known, dict):
            _examplesIn(known).update(_examplesIn(documented))


def _examplesIn(response: Node) -> Node:
    return _child(_child(_child(response, "content"), PROBLEM_JSON), "examples")


def _completeOperation(operation: Node) -> None:
    responses = _child(operation, "responses")
    if str(HTTPStatus.UNPROCESSABLE_ENTITY.value) in responses:
        _keepExamples(responses, str(HTTPStatus.UNPROCESSABLE_ENTITY.value))
    for status, description in _ANYWHERE.items():
        responses.setdefault(str(status.value), _problem(description))


def _keepExamples(responses: Node, status: str) -> None:
    content = _child(_child(responses, status), "content")
    if PROBLEM_JSON not in content:
        responses[status] = _problem("The request is not valid; `errors` names each field")


def _problem(description: str) -> Node:
    return {
        "description": description,
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _operations(schema: Node) -> Iterator[tuple[Call, Node]]:
    paths = _child(schema, "paths")
    for path in paths:
        operations = _child(paths, path)
        yield from (((method.upper(), path), _child(operations, method)) for method in operations)


def _child(node: Node, name: str) -> Node:
    child = node.setdefault(name, {})
    if not isinstance(child, dict):
        raise TypeError(f"{name} is not an object")
    return child
