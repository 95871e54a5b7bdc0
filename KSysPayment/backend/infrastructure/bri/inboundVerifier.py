from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pydantic import JsonValue, SecretStr

from KSysPayment.backend.domain.exceptions.snapErrors import (
    BAD_REQUEST,
    INVALID_FORMAT,
    INVALID_MANDATORY,
    INVALID_TOKEN,
    PARTNER_NOT_FOUND,
    UNAUTHORIZED,
    SnapRefusedError,
)
from KSysPayment.backend.domain.interfaces.inboundCallInterface import (
    InboundCall,
    InboundCallVerifierInterface,
    Notification,
)
from KSysPayment.backend.infrastructure.bri.jsonBody import Json, member, readObject, textOf
from KSysPayment.backend.infrastructure.bri.movement import accountOf, paidAmountOf, referenceOf
from KSysPayment.backend.infrastructure.bri.snapSignature import (
    isHmacSignature,
    isRsaSignature,
    minify,
    readTime,
    tokenStringToSign,
    transactionStringToSign,
)
from shared.backend.utils.valueObject import ValueObject

_EXTERNAL_ID: Final = re.compile(r"[0-9A-Za-z-]{1,36}", re.ASCII)
_ECHOED: Final = ("partnerServiceId", "customerNo", "virtualAccountNo", "paymentRequestId", "trxDateTime")


class InboundOptions(ValueObject):
    """How the bank is known to us, and under which paths it may have signed."""

    bankAccount: str
    companyCode: str
    clientId: str
    clientSecret: SecretStr
    mountedAt: str = "/api/payment/bri"
    toleranceSeconds: int = 300


class InboundVerifier(InboundCallVerifierInterface):
    """The receiver's order: headers, time, token, signature over the raw bytes, request number, then the body."""

    def __init__(self, options: InboundOptions, bankKey: RSAPublicKey) -> None:
        self._options, self._bankKey = options, bankKey

    @property
    def bankAccount(self) -> str:
        return self._options.bankAccount

    def verifyTokenRequest(self, call: InboundCall, at: datetime) -> str:
        _ensurePresent(call, ("X-CLIENT-KEY", "X-TIMESTAMP", "X-SIGNATURE"))
        self._ensureTimely(call.header("X-TIMESTAMP"), at)
        clientId = call.header("X-CLIENT-KEY")
        if not hmac.compare_digest(clientId.encode(), self._options.clientId.encode()):
            raise SnapRefusedError(UNAUTHORIZED, "Unknown client")
        text = tokenStringToSign(clientId, call.header("X-TIMESTAMP"))
        if not isRsaSignature(self._bankKey, text, call.header("X-SIGNATURE")):
            raise SnapRefusedError(UNAUTHORIZED, "Signature")
        return clientId

    def readToken(self, call: InboundCall, at: datetime) -> str:
        _ensurePresent(call, ("X-TIMESTAMP", "X-SIGNATURE", "X-EXTERNAL-ID"))
        self._ensureTimely(call.header("X-TIMESTAMP"), at)
        scheme, _, token = call.header("Authorization").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise SnapRefusedError(INVALID_TOKEN)
        return token.strip()

    def verifySignature(self, call: InboundCall, token: str) -> None:
        secret = self._options.clientSecret.get_secret_value()
        signature, timestamp = call.header("X-SIGNATURE"), call.header("X-TIMESTAMP")
        candidates = (
            transactionStringToSign(call.method, path, token, body, timestamp)
            for path in self._signedPaths(call.path)
            for body in dict.fromkeys((call.body, minify(call.body)))
        )
        if not any(isHmacSignature(secret, text, signature) for text in candidates):
            raise SnapRefusedError(UNAUTHORIZED, "Verify Client Secret Fail")
        if not _EXTERNAL_ID.fullmatch(call.header("X-EXTERNAL-ID")):
            raise SnapRefusedError(INVALID_FORMAT, "X-EXTERNAL-ID")

    def readNotification(self, body: bytes) -> Notification:
        content = readObject(body)
        if content is None:
            raise SnapRefusedError(BAD_REQUEST)
        for name in ("partnerServiceId", "customerNo", "virtualAccountNo", "paymentRequestId"):
            if not textOf(content, name).strip():
                raise SnapRefusedError(INVALID_MANDATORY, name)
        if textOf(content, "partnerServiceId").strip().lstrip("0") != self._options.companyCode.lstrip("0"):
            raise SnapRefusedError(PARTNER_NOT_FOUND)
        account = accountOf(textOf(content, "virtualAccountNo"))
        if account != self._options.companyCode + textOf(content, "customerNo").strip():
            raise SnapRefusedError(INVALID_FORMAT, "virtualAccountNo")
        reference = referenceOf(textOf(content, "paymentRequestId"))
        if not reference:
            raise SnapRefusedError(INVALID_FORMAT, "paymentRequestId")
        return self._assemble(content, account, reference)

    def _assemble(self, content: Json, account: str, reference: str) -> Notification:
        paid = _paidAmount(content)
        if paid is None:
            raise SnapRefusedError(INVALID_MANDATORY, "additionalInfo.paymentAmount")
        amount = paidAmountOf(paid)
        if amount is None:
            raise SnapRefusedError(INVALID_FORMAT, "additionalInfo.paymentAmount")
        echo: dict[str, JsonValue] = {name: textOf(content, name) for name in _ECHOED}
        echo["inquiryRequestId"] = textOf(content, "inquiryRequestId") or reference
        echo["paymentStatus"] = "00"
        return Notification(
            virtualAccountNo=account,
            bankReference=reference,
            amount=amount,
            bankTime=readTime(textOf(content, "trxDateTime")),
            echo=echo,
        )

    def _ensureTimely(self, timestamp: str, at: datetime) -> None:
        sentAt = readTime(timestamp)
        if sentAt is None:
            raise SnapRefusedError(INVALID_FORMAT, "X-TIMESTAMP")
        if abs(at - sentAt) > timedelta(seconds=self._options.toleranceSeconds):
            raise SnapRefusedError(UNAUTHORIZED, "X-TIMESTAMP")

    def _signedPaths(self, path: str) -> Sequence[str]:
        """As received, as it was registered without our mount point, and from `/snap` or `/v1` on."""
        paths = [path, path.removeprefix(self._options.mountedAt)]
        paths += [path[at:] for mark in ("/snap/", "/v1") if (at := path.find(mark)) > 0]
        return tuple(dict.fromkeys(paths))


def _ensurePresent(call: InboundCall, names: Sequence[str]) -> None:
    for name in names:
        if not call.header(name):
            raise SnapRefusedError(INVALID_MANDATORY, name)


def _paidAmount(content: Json) -> Json:
    places = (member(content, "additionalInfo"), content)
    names = ("paymentAmount", "paidAmount")
    found = (member(place, name) for place in places for name in names)
    return next((value for value in found if value not in (None, "")), None)
