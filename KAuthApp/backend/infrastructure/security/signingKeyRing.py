from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from joserfc.jwk import ECKey
from pydantic import JsonValue

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.signingKey import SigningKey
from KAuthApp.backend.infrastructure.security.ecSigningKeyMaker import sealingContext
from shared.backend.exceptions.errors import UnavailableError
from shared.backend.utils.clock import ClockInterface

RELOAD_AFTER: Final = timedelta(seconds=30)
RELOAD_AT_MOST_EVERY: Final = timedelta(seconds=1)


class NoSigningKeyError(UnavailableError):
    code: ClassVar[str] = "auth.noSigningKey"
    title: ClassVar[str] = "No key to sign with for now"


@dataclass(frozen=True)
class LoadedKey:
    """A key opened once, ready to sign and verify."""

    row: SigningKey
    key: ECKey


class SigningKeyRing:
    """The published keys, kept in memory and read again now and then, or when a token names one not known yet."""

    def __init__(self, openWork: OpenAuthWork, sealer: SecretSealerInterface, clock: ClockInterface) -> None:
        self._openWork, self._sealer, self._clock = openWork, sealer, clock
        self._keys: Mapping[str, LoadedKey] = {}
        self._loadedAt: datetime | None = None
        self._loading = asyncio.Lock()

    async def signer(self) -> LoadedKey:
        """The youngest key that signs now; NoSigningKeyError when there is none."""
        await self._reload(RELOAD_AFTER)
        now = self._clock.now()
        signing = [loaded for loaded in self._keys.values() if loaded.row.signs(now)]
        if not signing:
            raise NoSigningKeyError
        return max(signing, key=lambda loaded: loaded.row.signsFrom)

    async def verifier(self, kid: str) -> LoadedKey | None:
        """The published key of this id; an unknown id is looked up again, at most once a second."""
        await self._reload(RELOAD_AFTER if kid in self._keys else RELOAD_AT_MOST_EVERY)
        loaded = self._keys.get(kid)
        return loaded if loaded is not None and loaded.row.isPublished(self._clock.now()) else None

    async def published(self) -> Sequence[Mapping[str, JsonValue]]:
        await self._reload(RELOAD_AT_MOST_EVERY)
        now = self._clock.now()
        return [loaded.row.publicJwk for loaded in self._keys.values() if loaded.row.isPublished(now)]

    async def _reload(self, unlessYoungerThan: timedelta) -> None:
        async with self._loading:
            now = self._clock.now()
            if self._loadedAt is not None and now - self._loadedAt < unlessYoungerThan:
                return
            async with self._openWork() as work:
                rows = await work.signingKeys.listPublished(now)
            self._keys = {row.kid: LoadedKey(row, self._opened(row)) for row in rows}
            self._loadedAt = now

    def _opened(self, row: SigningKey) -> ECKey:
        known = self._keys.get(row.kid)
        if known is not None:
            return known.key
        return ECKey.import_key(json.loads(self._sealer.unseal(row.privateSealed, sealingContext(row.kid))))
