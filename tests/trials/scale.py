from __future__ import annotations

import os

IS_FULL = os.environ.get("K_TRIALS") == "full"


def asManyAs(full: int, default: int) -> int:
    """How often something is tried: `full` times with K_TRIALS=full, else so often that everybody can wait for it."""
    return full if IS_FULL else default
