"""The checks every call passes before the bank looks at its business."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from KSysPayment.simulator.clock import BankClock, jakartaDay
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import (
    BAD_REQUEST,
    CONFLICT,
    INVALID_FORMAT,
    INVALID_MANDATORY,
    INVALID_TOKEN,
    UNAUTHORIZED,
    SnapRefusedError,
)
from KSysPayment.simulator.snap.fields import HEADER_TIME, parseTime
from KSysPayment.simulator.snap.incomingCall import IncomingCall
from KSysPayment.simulator.snap.signing import (
    isHmacSignature,
    isRsaSignature,
    loadPublicKey,
    minify,
    tokenStringToSign,
    transactionStringToSign,
)
from KSysPayment.simulator.state.bankState import BankState

BODY_LIMIT: Final = 64 * 1024
CHANNEL: Final = re.compile(r"[0-9]{5}")
EXTERNAL_ID: Final = re.compile(r"[0-9]{9}")
PARTNER: Final = re.compile(r"[A-Za-z0-9]{1,36}")


class RequestVerifier:
    """Verifies token requests (RSA) and transactions (token, HMAC, request number) of the one partner."""

    def __init__(self, settings: SimulatorSettings, state: BankState, clock: BankClock) -> None:
        self._settings = settings
        self._state = state
        self._clock = clock
        self._merchantKey = loadPublicKey(settings.merchantPublicKey)

    def expectedStringToSign(self, call: IncomingCall, *, isTokenRequest: bool) -> str:
        """What the signature of this call should cover."""
        timestamp = call.header("X-TIMESTAMP")
        if isTokenRequest:
            return tokenStringToSign(call.header("X-CLIENT-KEY"), timestamp)
        return transactionStringToSign(call.method, call.path, call.bearer, call.body, timestamp)

    def verifyTokenRequest(self, call: IncomingCall) -> str:
        """Refuse, or return the client the signature belongs to."""
        self._ensureSize(call)
        self._ensureHeaders(call, "X-CLIENT-KEY", "X-TIMESTAMP", "X-SIGNATURE")
        sentAt = self._readTimestamp(call)
        clientId = call.header("X-CLIENT-KEY")
        if clientId != self._settings.clientId:
            raise SnapRefusedError(UNAUTHORIZED, "Unknown Client")
        self._ensureRecent(sentAt)
        expected = self.expectedStringToSign(call, isTokenRequest=True)
        if not isRsaSignature(self._merchantKey, expected, call.header("X-SIGNATURE")):
            raise SnapRefusedError(UNAUTHORIZED, "Signature")
        return clientId

    def verifyTransaction(self, call: IncomingCall) -> str:
        """Refuse, or return over which form of the body (`raw`, `minified`) the signature was good."""
        self._ensureSize(call)
        self._ensureToken(call)
        self._ensureHeaders(call, "X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "CHANNEL-ID", "X-EXTERNAL-ID")
        self._ensureRecent(self._readTimestamp(call))
        self._ensurePartner(call)
        form = self._signedForm(call)
        if form is None:
            raise SnapRefusedError(UNAUTHORIZED, "Signature")
        self._claimExternalId(call)
        return form

    def _signedForm(self, call: IncomingCall) -> str | None:
        for form, body in (("raw", call.body), ("minified", minify(call.body))):
            text = transactionStringToSign(call.method, call.path, call.bearer, body, call.header("X-TIMESTAMP"))
            if self._isSigned(text, call.header("X-SIGNATURE")):
                return form
        return None

    def _isSigned(self, text: str, signature: str) -> bool:
        secret = self._settings.clientSecret.get_secret_value()
        return isHmacSignature(secret, text, signature, self._settings.acceptedSignatureEncoding)

    def _ensureSize(self, call: IncomingCall) -> None:
        if len(call.body) > BODY_LIMIT:
            raise SnapRefusedError(BAD_REQUEST)

    def _ensureHeaders(self, call: IncomingCall, *names: str) -> None:
        for name in ("Content-Type", *names):
            if not call.header(name):
                raise SnapRefusedError(INVALID_MANDATORY, name)
        if call.header("Content-Type").partition(";")[0].strip().lower() != "application/json":
            raise SnapRefusedError(INVALID_FORMAT, "Content-Type")

    def _readTimestamp(self, call: IncomingCall) -> datetime:
        sentAt = parseTime(call.header("X-TIMESTAMP"), HEADER_TIME)
        if sentAt is None:
            raise SnapRefusedError(INVALID_FORMAT, "X-TIMESTAMP")
        return sentAt

    def _ensureRecent(self, sentAt: datetime) -> None:
        distance = abs((self._clock.now() - sentAt).total_seconds())
        if distance > self._settings.timestampToleranceSeconds:
            raise SnapRefusedError(UNAUTHORIZED, "X-TIMESTAMP is outside the allowed window")

    def _ensureToken(self, call: IncomingCall) -> None:
        if not call.bearer or not self._state.tokens.isGood(call.bearer, self._settings.clientId, self._clock.now()):
            raise SnapRefusedError(INVALID_TOKEN)

    def _ensurePartner(self, call: IncomingCall) -> None:
        for name, form in (("X-PARTNER-ID", PARTNER), ("CHANNEL-ID", CHANNEL), ("X-EXTERNAL-ID", EXTERNAL_ID)):
            if form.fullmatch(call.header(name)) is None:
                raise SnapRefusedError(INVALID_FORMAT, name)
        if call.header("X-PARTNER-ID") != self._settings.partnerId:
            raise SnapRefusedError(UNAUTHORIZED, "Unknown X-PARTNER-ID")
        if call.header("CHANNEL-ID") != self._settings.channelId:
            raise SnapRefusedError(UNAUTHORIZED, "CHANNEL-ID is not registered for this partner")

    def _claimExternalId(self, call: IncomingCall) -> None:
        day = jakartaDay(self._clock.now())
        if not self._state.externalIds.claim(self._settings.partnerId, day, call.header("X-EXTERNAL-ID")):
            raise SnapRefusedError(CONFLICT)
