from __future__ import annotations

from scripts.benchmarks.wire import Answer, Body, Headers, Wire
from tests.support.planted import Planted, cookieHeaders


class Visitor:
    """A browser that was planted signed in, and follows when its session goes on under another secret."""

    def __init__(self, gateway: str, planted: Planted) -> None:
        self._gateway = gateway
        self.headers: Headers = planted.headers

    async def ask(self, method: str, path: str, body: Body | None = None) -> Answer:
        """The answer, which is never a refusal."""
        async with Wire(self._gateway) as wire:
            answer = await wire.ask(method, path, self.headers, body)
        assert answer.isAccepted, answer.text
        secrets = [cookie.partition("=")[2] for cookie in answer.cookies if cookie.startswith("kSession=")]
        self.headers = cookieHeaders(secrets[-1]) if secrets else self.headers
        return answer
