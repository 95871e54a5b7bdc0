from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.backend.utils.valueObject import ValueObject

Method = Literal["*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
Match = Literal["exact", "prefix"]
Scope = Literal["ip", "user", "apiKey", "global"]
Mode = Literal["enforce", "shadow"]

LONGEST_WINDOW_SECONDS = 86_400
LARGEST_LIMIT = 10_000_000
SEGMENT = r"[A-Za-z0-9._~!$&'()*+,;=:@%-]"
PATH = f"^/(?:{SEGMENT}+/)*{SEGMENT}*$"


def _ensurePath(path: str) -> str:
    if "/../" in f"{path}/" or "/./" in f"{path}/":
        raise ValueError("a path is written in its normal form")
    return path


class RateLimitRule(ValueObject):
    """What the gateway is to enforce: `limit` requests in `windowSeconds` for each caller of the scope.

    `burst` is how many may come at once (GCRA); without it the whole limit may.
    """

    name: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")
    method: Method = "*"
    path: Annotated[str, AfterValidator(_ensurePath)] = Field(max_length=300, pattern=PATH)
    match: Match
    scope: Scope = Field(
        description="Whom it counts: `apiKey` each key, or the user who is signed in without one; whoever is not known "
        "counts as the address"
    )
    limit: int = Field(strict=True, ge=1, le=LARGEST_LIMIT)
    windowSeconds: int = Field(strict=True, ge=1, le=LONGEST_WINDOW_SECONDS)
    burst: int | None = Field(default=None, strict=True, ge=1)
    mode: Mode = "enforce"
    enabled: bool = Field(default=True, strict=True)

    @model_validator(mode="after")
    def ensureBurstWithinLimit(self) -> Self:
        if self.burst is not None and self.burst > self.limit:
            raise ValueError("burst cannot be more than limit")
        return self
