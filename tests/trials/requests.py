from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from scripts.benchmarks.wire import Answer, Headers, Wire


@dataclass(frozen=True)
class Request:
    """One request as it goes out."""

    method: str
    path: str
    headers: Headers = field(default_factory=dict)
    body: Mapping[str, JsonValue] | None = None

    async def send(self, baseUrl: str) -> Answer:
        """Over a connection of its own."""
        async with Wire(baseUrl) as wire:
            return await self.sendOver(wire)

    async def sendOver(self, wire: Wire) -> Answer:
        return await wire.ask(self.method, self.path, self.headers, self.body)
