"""Access token (73)."""

from __future__ import annotations

import secrets
import string
from datetime import timedelta
from typing import Final

from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import INVALID_FORMAT, INVALID_MANDATORY, JsonObject, SnapRefusedError
from KSysPayment.simulator.state.bankState import BankState

ALPHABET: Final = string.ascii_letters + string.digits
TOKEN_LENGTH: Final = 28


class AccessToken:
    """Issues bearer tokens to a client whose signature was verified; BRI answers without a response code."""

    name: Final = "accessToken"
    serviceCode: Final = "73"
    method: Final = "POST"
    path: Final = "/snap/v1.0/access-token/b2b"

    def __init__(self, settings: SimulatorSettings, state: BankState, clock: BankClock) -> None:
        self._settings = settings
        self._state = state
        self._clock = clock

    def execute(self, body: JsonObject, clientId: str) -> JsonObject:
        """Issue one more token; earlier ones stay good."""
        grantType = body.get("grantType")
        if grantType in (None, ""):
            raise SnapRefusedError(INVALID_MANDATORY, "grantType")
        if grantType != "client_credentials":
            raise SnapRefusedError(INVALID_FORMAT, "grantType")

        token = "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))
        now = self._clock.now()
        lifetime = self._settings.tokenLifetimeSeconds
        self._state.tokens.add(token, clientId, now, now + timedelta(seconds=lifetime))
        return {"accessToken": token, "tokenType": "BearerToken", "expiresIn": str(lifetime)}
