"""A request of the merchant as it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class IncomingCall:
    """`path` is what stood on the request line, without query; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header's value, empty when absent."""
        return self.headers.get(name.lower(), "").strip()

    @property
    def bearer(self) -> str:
        """The token of the Authorization header, empty when there is none."""
        scheme, _, token = self.header("Authorization").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
