from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from shared.backend.http.access import Access
from shared.backend.http.routeIndex import RouteIndex


class UndeclaredRouteError(Exception):
    """A route says not, or says twice, who may call it."""


def accessOfRoutes(routes: list[BaseRoute]) -> Mapping[tuple[str, str], Access]:
    """
    Who may call what, by method and path. UndeclaredRouteError names every route that does not declare exactly one.

    What is no route of FastAPI (a mounted app, a web socket) declares nothing.
    """
    declared: dict[tuple[str, str], Access] = {}
    undeclared: list[str] = []
    for route in iter_route_contexts([each for each in routes if not isinstance(each, RouteIndex)]):
        found = set(_accessIn(route))
        calls = [(method, str(route.path_format or route.path)) for method in sorted(route.methods or ["?"])]
        if len(found) != 1:
            undeclared += [" ".join(call) for call in calls]
            continue
        declared |= dict.fromkeys(calls, found.pop())
    if undeclared:
        raise UndeclaredRouteError(f"these routes do not declare one access class: {', '.join(undeclared)}")
    return declared


def _accessIn(route: RouteContext) -> Iterator[Access]:
    dependant = getattr(route, "dependant", None)
    if not isinstance(dependant, Dependant):
        return
    for each in dependant.dependencies:
        if isinstance(each.call, Access):
            yield each.call
