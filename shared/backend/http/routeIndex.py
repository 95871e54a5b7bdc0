from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class _Entry:
    app: ASGIApp
    found: Mapping[str, object]


class RouteIndex(BaseRoute):
    """
    Finds a route whose path holds no parameter by one look into a table.

    FastAPI tries every route before the right one, and those of included routers twice: with a hundred routes that
    is a good part of a short request. Whatever is not in the table is left to the routes behind this one.
    """

    def __init__(self, routes: Iterable[RouteContext]) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}
        for route in routes:
            for method in route.methods or () if not route.param_convertors else ():
                self._entries.setdefault((method, str(route.path_format)), _entryOf(route))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        entry = self._entries.get((scope.get("method", ""), get_route_path(scope)))
        return (Match.NONE, {}) if entry is None else (Match.FULL, {**entry.found, "path_params": {}})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._entries[scope["method"], get_route_path(scope)].app(scope, receive, send)


def installRouteIndex(app: FastAPI) -> None:
    """Comes after every route; what is added later is found the slow way."""
    app.router.routes.insert(0, RouteIndex(list(iter_route_contexts(app.routes))))


def _entryOf(route: RouteContext) -> _Entry:
    return _Entry(route.app, {"endpoint": route.endpoint, "route": route.original_route})
