from __future__ import annotations

import re
from typing import Final

_PART: Final = re.compile(r"[A-Za-z0-9._-]+")


def redisKey(service: str, kind: str, identifier: str) -> str:
    """`{service}:{type}:{identifier}`; ValueError when a part could be read as another key."""
    for part in (service, kind, identifier):
        if not _PART.fullmatch(part):
            raise ValueError("a part of a Redis key holds letters, digits, dot, dash and underscore only")
    return f"{service}:{kind}:{identifier}"
