"""A container's health check: exit code 0 when the address answers 200."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Final

TIMEOUT_SECONDS: Final = 4


def isHealthy(url: str) -> bool:
    """Only an address of this container is ever asked."""
    if not url.startswith("http://127.0.0.1:"):
        return False
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - checked above
            return bool(response.status == HTTPStatus.OK)
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    sys.exit(0 if isHealthy(sys.argv[1]) else 1)
