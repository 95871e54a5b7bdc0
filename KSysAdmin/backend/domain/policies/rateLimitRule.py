from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.backend.utils.valueObject import ValueObject

Method = Literal["*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
Match = Literal["exact", "prefix"]
Scope = Literal["ip", "user", "apiKey", "global"]
Mode = Literal["enforce", "shadow"]
Kind = Literal["rate", "concurrency"]

LONGEST_WINDOW_SECONDS = 86_400
LARGEST_LIMIT = 10_000_000
SMALLEST_LEASED_LIMIT = 10_000
LARGEST_CONCURRENCY = 10_000
LONGEST_PLACE_SECONDS = 3_600
# as the gateway compares it: decoded, and no path with a semicolon gets as far as that
SEGMENT = r"[A-Za-z0-9._~!$&'()*+,=:@-]"
PATH = f"^/(?:{SEGMENT}+/)*{SEGMENT}*$"


def _ensurePath(path: str) -> str:
    if "/../" in f"{path}/" or "/./" in f"{path}/":
        raise ValueError("a path is written in its normal form")
    return path


class RateLimitRule(ValueObject):
    """What the gateway is to enforce: `limit` requests in `windowSeconds` for each caller of the scope.

    `burst` is how many may come at once (GCRA); without it the whole limit may. For a `concurrency` limit, `limit` is
    how many may be under way at once, and `windowSeconds` the longest that one request holds its place.
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
    kind: Kind = Field(default="rate", description="`concurrency` counts requests under way instead of requests made")
    cost: int = Field(
        default=1, strict=True, ge=1, le=LARGEST_LIMIT, description="How much of the limit one request takes"
    )
    leased: bool | None = Field(
        default=None,
        strict=True,
        description="Whether the gateway's workers take tokens of a large limit ahead of need: faster, and a few "
        "requests may be refused early. Null: from 10,000 on, without a burst",
    )

    @model_validator(mode="after")
    def ensureBurstWithinLimit(self) -> Self:
        if self.burst is not None and self.burst > self.limit:
            raise ValueError("burst cannot be more than limit")
        return self

    @model_validator(mode="after")
    def ensureOneRequestFits(self) -> Self:
        if self.cost > (self.burst or self.limit):
            raise ValueError("cost cannot be more than may come at once")
        return self

    @model_validator(mode="after")
    def ensureLeaseMakesSense(self) -> Self:
        if self.leased and (self.limit < SMALLEST_LEASED_LIMIT or self.burst is not None):
            raise ValueError(f"only a limit of {SMALLEST_LEASED_LIMIT} or more without a burst can be leased")
        return self

    @model_validator(mode="after")
    def ensureConcurrencyIsPlain(self) -> Self:
        if self.kind == "concurrency" and (self.burst is not None or self.cost != 1 or self.leased):
            raise ValueError("a concurrency limit has no burst, no cost and no lease")
        return self

    @model_validator(mode="after")
    def ensureConcurrencyIsBounded(self) -> Self:
        isTooMuch = self.limit > LARGEST_CONCURRENCY or self.windowSeconds > LONGEST_PLACE_SECONDS
        if self.kind == "concurrency" and isTooMuch:
            raise ValueError(f"at most {LARGEST_CONCURRENCY} at once, for at most {LONGEST_PLACE_SECONDS} seconds each")
        return self
