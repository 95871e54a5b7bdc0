from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from pydantic import JsonValue

from KSysPayment.backend.application.output.answerOutput import SnapAnswerOutput
from KSysPayment.backend.domain.exceptions.snapErrors import (
    BAD_REQUEST,
    INVALID_FORMAT,
    INVALID_MANDATORY,
    SnapRefusedError,
)
from KSysPayment.backend.domain.interfaces.inboundCallInterface import InboundCall, InboundCallVerifierInterface
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.models.inboxEvent import InboundToken
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

LIFETIME: Final = timedelta(seconds=900)
SCOPE: Final = "snap"

logger = SystemLogger("payment")


class IssueInboundTokenService:
    """The bank asks for a token before it calls us: 256 random bits, kept as a hash for fifteen minutes."""

    def __init__(
        self,
        openWork: OpenPaymentWork,
        verifier: InboundCallVerifierInterface,
        clock: ClockInterface,
        randomToken: Callable[[], str],
    ) -> None:
        self._openWork, self._verifier, self._clock = openWork, verifier, clock
        self._randomToken = randomToken

    async def execute(self, call: InboundCall) -> SnapAnswerOutput:
        now = self._clock.now()
        clientId = self._verifier.verifyTokenRequest(call, now)
        _ensureGrant(call.body)
        token = self._randomToken()
        row = InboundToken(
            tokenHash=InboundToken.hashOf(token), clientId=clientId, scope=SCOPE, issuedAt=now, expiresAt=now + LIFETIME
        )
        async with self._openWork() as work:
            await work.inboundTokens.add(row)
            await work.commit()
        logger.security.info("bank.tokenIssued", "the bank was given a token", clientId=clientId)
        body: dict[str, JsonValue] = {
            "responseCode": "2007300",
            "responseMessage": "Successful",
            "accessToken": token,
            "tokenType": "BearerToken",
            "expiresIn": str(int(LIFETIME.total_seconds())),
        }
        return SnapAnswerOutput(status=200, body=body)


def _ensureGrant(body: bytes) -> None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SnapRefusedError(BAD_REQUEST) from error
    if not isinstance(content, dict):
        raise SnapRefusedError(BAD_REQUEST)
    if content.get("grantType") in (None, ""):
        raise SnapRefusedError(INVALID_MANDATORY, "grantType")
    if content.get("grantType") != "client_credentials":
        raise SnapRefusedError(INVALID_FORMAT, "grantType")
