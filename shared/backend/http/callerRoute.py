from __future__ import annotations

from collections.abc import Callable, Coroutine

from fastapi import Request, Response
from fastapi.routing import APIRoute

from shared.backend.http.access import Access


class CallerRoute(APIRoute):
    """
    For a route that takes who asks and nothing else, and is called all the time.

    The declared access is asked and the endpoint called with the answer. What FastAPI would do beside it (looking for
    parameters, checking the answer against its model) costs more than the rest of such a request.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        declared = [each.call for each in self.dependant.dependencies if isinstance(each.call, Access)]
        if len(declared) != 1 or len(self.dependant.dependencies) != 1:
            raise TypeError(f"{self.path} takes more than who asks")
        access, endpoint = declared[0], self.endpoint

        async def handle(request: Request) -> Response:
            response: Response = await endpoint(await access(request))
            return response

        return handle
