"""Calls the merchant as BRI does: fetches a token with RSA, signs each call with HMAC, waits ten seconds at most."""

from __future__ import annotations

import asyncio
import json
import secrets
import ssl
import time
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

import httpx

from KSysPayment.simulator.clock import BankClock, toBodyTime, toHeaderTime
from KSysPayment.simulator.merchant.outboundCall import MerchantAnswer, OutboundCall
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import JsonObject
from KSysPayment.simulator.snap.oddShapes import inOtherCase, plainAmount, withAmounts, withExtraFields
from KSysPayment.simulator.snap.reply import toJson
from KSysPayment.simulator.snap.replyFaults import HTML_PAGE
from KSysPayment.simulator.snap.signing import (
    loadPrivateKey,
    minify,
    signHmac,
    signRsa,
    tokenStringToSign,
    transactionStringToSign,
)
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.exchange import Direction, Exchange, Verdict
from KSysPayment.simulator.state.fault import Fault, OrderedFault

HANG_UP_SECONDS: Final = 0.05
# A kept connection that the merchant has just closed would lose a notification that is never tried again.
NO_KEEP_ALIVE: Final = httpx.Limits(max_keepalive_connections=0)
TOKEN_OPERATION: Final = "merchantToken"  # noqa: S105 -- the name of a call


class HungUpError(Exception):
    """The bank's side closes the connection on purpose."""


class MerchantTokenError(Exception):
    """The merchant gave no token."""


class MerchantClient:
    """One HTTP client; every call and its answer go to the exchange log."""

    def __init__(self, settings: SimulatorSettings, state: BankState, clock: BankClock) -> None:
        self._settings = settings
        self._state = state
        self._clock = clock
        self._bankKey = loadPrivateKey(settings.bankPrivateKey.get_secret_value())
        # a merchant that vouches for itself is trusted by its own certificate alone
        trusted = ssl.create_default_context(cadata=settings.merchantCa) if settings.merchantCa else True
        self._http = httpx.AsyncClient(
            timeout=settings.merchantTimeoutSeconds, trust_env=False, limits=NO_KEEP_ALIVE, verify=trusted
        )

    @property
    def baseUrl(self) -> str:
        """Where the merchant is to be found."""
        return (self._state.partner.merchantBaseUrl() or self._settings.merchantBaseUrl).rstrip("/")

    async def fetchToken(self) -> str:
        """A fresh merchant token, or MerchantTokenError."""
        timestamp = toBodyTime(self._clock.now())
        text = tokenStringToSign(self._settings.inboundClientId, timestamp)
        headers = {
            "Content-Type": "application/json",
            "X-CLIENT-KEY": self._settings.inboundClientId,
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": signRsa(self._bankKey, text),
        }
        body = toJson({"grantType": "client_credentials"})
        url = self.baseUrl + self._settings.tokenPath
        answer = await self.send(OutboundCall(TOKEN_OPERATION, url, headers, body, text))
        token = answer.content.get("accessToken")
        if answer.status != httpx.codes.OK or not isinstance(token, str) or not token:
            raise MerchantTokenError(
                f"no merchant token: {answer.status} {answer.responseCode} {answer.reason}".strip()
            )
        return token

    def prepare(
        self,
        operation: str,
        path: str,
        content: JsonObject,
        token: str,
        externalId: str,
        ordered: OrderedFault | None = None,
    ) -> OutboundCall:
        """Sign one transaction, spoiled as ordered."""
        fault = ordered.fault if ordered is not None else None
        wire = toWire(content, fault)
        signed = minify(wire) if fault is Fault.PRETTY_BODY else wire
        usedToken = secrets.token_urlsafe(24) if fault is Fault.TOKEN_INVALID else token
        timestamp = toHeaderTime(self._clock.now())
        url = self.baseUrl + path
        text = transactionStringToSign("POST", self._signedPath(url, path), usedToken, signed, timestamp)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {usedToken}",
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": self._sign(text, fault),
            "X-PARTNER-ID": self._settings.partnerId,
            "CHANNEL-ID": self._settings.channelId,
            "X-EXTERNAL-ID": externalId,
        }
        sent = inOtherCase(headers) if fault is Fault.HEADER_CASE else headers
        return OutboundCall(operation, url, sent, wire, text, ordered)

    async def send(self, call: OutboundCall) -> MerchantAnswer:
        """Send once; silence, refusal to connect and nonsense are answers too."""
        started = time.perf_counter()
        exchange = Exchange(
            direction=Direction.BRI_TO_MERCHANT,
            operation=call.operation,
            method="POST",
            url=call.url,
            requestHeaders=call.headers,
            requestBody=call.body.decode(),
            at=self._clock.now(),
            stringToSign=call.stringToSign,
            fault=call.ordered.fault.value if call.ordered is not None else None,
        )
        self._state.exchanges.open(exchange)
        answer = await self._post(call, exchange)
        exchange.status = answer.status
        exchange.verdict = verdictOf(answer)
        exchange.reason = answer.reason or answer.responseCode
        exchange.durationMs = round((time.perf_counter() - started) * 1000, 3)
        self._state.exchanges.complete(exchange)
        return answer

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _post(self, call: OutboundCall, exchange: Exchange) -> MerchantAnswer:
        fault = call.ordered.fault if call.ordered is not None else None
        isBroken = fault is Fault.DROP_BEFORE_PROCESSING
        headers = {**call.headers, "Content-Length": str(len(call.body))}
        timeout = self._settings.merchantTimeoutSeconds
        patience = HANG_UP_SECONDS if fault is Fault.DROP_AFTER_PROCESSING else timeout
        try:
            async with asyncio.timeout(timeout):
                response = await self._http.post(
                    call.url,
                    content=breakOff(call.body) if isBroken else call.body,
                    headers=headers,
                    timeout=httpx.Timeout(timeout, read=patience),
                )
        except HungUpError:
            return MerchantAnswer(None, {}, "hung up in the middle of the request")
        except TimeoutError:
            return MerchantAnswer(None, {}, f"no answer within {timeout:g} seconds")
        except httpx.HTTPError as error:
            return MerchantAnswer(None, {}, f"{type(error).__name__}: {error}".strip(": "))
        if fault is Fault.DROP_AFTER_PROCESSING:
            return MerchantAnswer(None, {}, "hung up before the answer")
        exchange.responseHeaders = dict(response.headers)
        exchange.responseBody = response.text
        return MerchantAnswer(response.status_code, readObject(response.content))

    def _sign(self, text: str, fault: Fault | None) -> str:
        secret = self._settings.inboundClientSecret.get_secret_value()
        usedSecret = f"not-{secret}" if fault is Fault.WRONG_SIGNATURE else secret
        return signHmac(usedSecret, text, self._settings.outboundSignatureEncoding)

    def _signedPath(self, url: str, path: str) -> str:
        return urlsplit(url).path if self._settings.signedPath == "asSent" else path


def toWire(content: JsonObject, fault: Fault | None) -> bytes:
    """The body as it is sent."""
    match fault:
        case Fault.EMPTY_BODY:
            return b""
        case Fault.HTML_BODY:
            return HTML_PAGE
        case Fault.PRETTY_BODY:
            return toJson(content, indent=2)
        case Fault.PLAIN_AMOUNTS:
            return toJson(withAmounts(content, plainAmount))
        case Fault.EXTRA_FIELDS:
            return toJson(withExtraFields(content))
        case _:
            return toJson(content)


async def breakOff(body: bytes) -> AsyncIterator[bytes]:
    """Half of the body and then nothing more."""
    yield body[: len(body) // 2]
    raise HungUpError


def readObject(body: bytes) -> JsonObject:
    """The answer's JSON object; empty when it is anything else."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def verdictOf(answer: MerchantAnswer) -> Verdict:
    """How the merchant took the call."""
    if answer.status is None:
        return Verdict.UNANSWERED
    return Verdict.ACCEPTED if answer.status == httpx.codes.OK else Verdict.REFUSED
