from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import Field, field_validator

from shared.backend.config.settings import PlatformSettings

_BASE_URL: Final = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?")


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class GatewayAccessSettings(PlatformSettings):
    """Where the gateways are asked: their private ports and the files they log to."""

    gatewayMetricsPort: int = Field(default=9145, ge=1, le=65535)
    gatewayPrivateUrls: str = ""
    gatewayLogFiles: str = ""

    @field_validator("gatewayPrivateUrls")
    @classmethod
    def _ensureBaseUrls(cls, urls: str) -> str:
        if not all(_BASE_URL.fullmatch(url) for url in _split(urls)):
            raise ValueError("scheme://host:port, separated by commas, nothing after the port")
        return urls

    @property
    def privateUrls(self) -> Sequence[str]:
        """One of each gateway; that of this machine when none is named."""
        return _split(self.gatewayPrivateUrls) or [f"http://127.0.0.1:{self.gatewayMetricsPort}"]

    @property
    def logFiles(self) -> Sequence[Path]:
        return [Path(part) for part in _split(self.gatewayLogFiles)]
