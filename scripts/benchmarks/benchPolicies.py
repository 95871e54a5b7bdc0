"""The rate-limit policies of a benchmark, written where the gateway reads them, as KSysAdmin publishes them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Final

from redis import Redis

FOLLOW_SECONDS: Final = 0.8
A_DAY: Final = 86400

Policy = dict[str, str | int | bool | None]


def policyOf(
    name: str, path: str, scope: str, limit: int, *, match: str = "exact", seconds: int = A_DAY, leased: bool = False
) -> Policy:
    """One policy for every method of `path`; `seconds` is its window."""
    return {
        "id": name.replace(" ", "-"), "name": name, "method": "*", "path": path, "match": match, "scope": scope,
        "limit": limit, "windowSeconds": seconds, "burst": None, "leased": leased, "mode": "enforce", "enabled": True,
    }  # fmt: skip


def publishPolicies(port: int, policies: Sequence[Policy]) -> None:
    """Into the Redis at `port`; when it returns, every worker goes by them."""
    with Redis(port=port) as redis:
        redis.mset(
            {
                "kadmin:ratelimit:policies": json.dumps({"version": 1, "policies": policies}),
                "kadmin:ratelimit:version": 1,
            }
        )
    time.sleep(FOLLOW_SECONDS)
