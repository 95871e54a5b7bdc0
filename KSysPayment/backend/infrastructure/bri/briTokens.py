from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from KSysPayment.backend.infrastructure.bri.briOptions import ACCESS_TOKEN, BriOptions
from KSysPayment.backend.infrastructure.bri.briTransport import BriRequest, BriTransport
from KSysPayment.backend.infrastructure.bri.jsonBody import textOf, toBytes
from KSysPayment.backend.infrastructure.bri.snapSignature import signRsa, toHeaderTime, tokenStringToSign
from shared.backend.utils.clock import ClockInterface

SAFETY: Final = timedelta(seconds=60)
DEFAULT_SECONDS: Final = 900
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,2048}")
_SECONDS: Final = re.compile(r"[0-9]{1,5}")


class BriTokens:
    """The bank's token, fetched by one caller for all, renewed a minute before it runs out."""

    def __init__(self, transport: BriTransport, options: BriOptions, key: RSAPrivateKey, clock: ClockInterface) -> None:
        self._transport, self._options, self._key, self._clock = transport, options, key, clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._renewAt: datetime | None = None

    async def get(self, timeoutSeconds: int) -> str | None:
        """A token that is good for a while, or None when the bank gave none."""
        if self._isFresh():
            return self._token
        async with self._lock:
            if self._isFresh():
                return self._token
            return await self._fetch(timeoutSeconds)

    def discard(self, token: str) -> None:
        """The bank refused this token; a newer one stays."""
        if token == self._token:
            self._renewAt = None

    def _isFresh(self) -> bool:
        return self._renewAt is not None and self._clock.now() < self._renewAt

    async def _fetch(self, timeoutSeconds: int) -> str | None:
        timestamp = toHeaderTime(self._clock.now())
        headers = {
            "Content-Type": "application/json",
            "X-CLIENT-KEY": self._options.clientId,
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": signRsa(self._key, tokenStringToSign(self._options.clientId, timestamp)),
        }
        reply = await self._transport.send(
            BriRequest(
                operation=ACCESS_TOKEN,
                headers=headers,
                body=toBytes({"grantType": "client_credentials"}),
                timeoutSeconds=timeoutSeconds,
            )
        )
        token = textOf(reply.content, "accessToken")
        if reply.status != 200 or not _TOKEN.fullmatch(token):
            return None
        seconds = textOf(reply.content, "expiresIn")
        lifetime = timedelta(seconds=int(seconds) if _SECONDS.fullmatch(seconds) else DEFAULT_SECONDS)
        self._token = token
        self._renewAt = self._clock.now() + max(lifetime - SAFETY, lifetime / 2)
        return token
