"""A small SNAP client for these tests, signing with the standard library and the key file only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydantic import JsonValue

from KSysPayment.simulator.clock import BankClock, toBodyTime, toHeaderTime
from KSysPayment.simulator.testing import RunningSimulator

PREFIX: Final = "   22084"
CREATE_PATH: Final = "/snap/v1.0/transfer-va/create-va"
UPDATE_PATH: Final = "/snap/v1.0/transfer-va/update-va"
UPDATE_STATUS_PATH: Final = "/snap/v1.0/transfer-va/update-status"
INQUIRY_PATH: Final = "/snap/v1.0/transfer-va/inquiry-va"
DELETE_PATH: Final = "/snap/v1.0/transfer-va/delete-va"
STATUS_PATH: Final = "/snap/v1.0/transfer-va/status"
REPORT_PATH: Final = "/snap/v1.0/transfer-va/report"
TOKEN_PATH: Final = "/snap/v1.0/access-token/b2b"

JsonObject = dict[str, JsonValue]


def stamp(shift: timedelta = timedelta()) -> str:
    """A header timestamp."""
    return toHeaderTime(BankClock().now() + shift)


@dataclass
class MerchantCaller:
    """Speaks to one running simulator as the merchant it knows."""

    simulator: RunningSimulator
    token: str = ""
    encoding: str = "hex"
    externalIds: itertools.count[int] = field(default_factory=lambda: itertools.count(100_000_001))
    customerNos: itertools.count[int] = field(default_factory=lambda: itertools.count(2026011500001))

    def tokenHeaders(self, timestamp: str, clientId: str | None = None) -> dict[str, str]:
        """A token request's headers."""
        usedId = clientId if clientId is not None else self.simulator.briEnvironment["BRI_CLIENT_ID"]
        pem = Path(self.simulator.briEnvironment["BRI_PRIVATE_KEY_FILE"]).read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        signature = key.sign(f"{usedId}|{timestamp}".encode(), padding.PKCS1v15(), hashes.SHA256())
        return {
            "Content-Type": "application/json",
            "X-CLIENT-KEY": usedId,
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": base64.b64encode(signature).decode(),
        }

    def fetchToken(self, timestamp: str | None = None) -> httpx.Response:
        """Ask for a token and keep it."""
        response = httpx.post(
            self.simulator.baseUrl + TOKEN_PATH,
            content=b'{"grantType":"client_credentials"}',
            headers=self.tokenHeaders(timestamp if timestamp is not None else stamp()),
            timeout=30,
        )
        if response.is_success:
            self.token = response.json()["accessToken"]
        return response

    def headers(self, method: str, path: str, body: bytes, timestamp: str | None = None) -> dict[str, str]:
        """A transaction's headers, rightly signed over `body`."""
        usedStamp = timestamp if timestamp is not None else stamp()
        text = f"{method}:{path}:{self.token}:{hashlib.sha256(body).hexdigest()}:{usedStamp}"
        secret = self.simulator.briEnvironment["BRI_CLIENT_SECRET"]
        digest = hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest()
        return {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}",
            "X-TIMESTAMP": usedStamp,
            "X-SIGNATURE": digest.hex() if self.encoding == "hex" else base64.b64encode(digest).decode(),
            "X-PARTNER-ID": self.simulator.briEnvironment["BRI_PARTNER_ID"],
            "CHANNEL-ID": self.simulator.briEnvironment["BRI_CHANNEL_ID"],
            "X-EXTERNAL-ID": f"{next(self.externalIds):09d}",
        }

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str], timeout: float = 30) -> httpx.Response:
        """Send exactly these bytes."""
        return httpx.request(
            method, self.simulator.baseUrl + path, content=body, headers=headers, timeout=timeout, trust_env=False
        )

    def call(self, method: str, path: str, content: JsonObject, timeout: float = 30) -> httpx.Response:
        """A well-signed transaction."""
        if not self.token:
            assert self.fetchToken().is_success
        body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        return self.send(method, path, body, self.headers(method, path, body), timeout)

    def control(self, method: str, path: str, content: JsonObject | None = None) -> httpx.Response:
        """A call of the control interface."""
        url = f"{self.simulator.baseUrl}/simulator{path}"
        return httpx.request(method, url, json=content, timeout=30, trust_env=False)

    def newBill(self, amount: str = "12345.00", expiresIn: timedelta = timedelta(hours=1)) -> JsonObject:
        """A bill under a number not used before."""
        customerNo = str(next(self.customerNos))
        expiresAt = BankClock().now() + expiresIn
        return {
            "partnerServiceId": PREFIX,
            "customerNo": customerNo,
            "virtualAccountNo": PREFIX + customerNo,
            "virtualAccountName": "Budi Santoso",
            "totalAmount": {"value": amount, "currency": "IDR"},
            "expiredDate": toBodyTime(expiresAt),
            "trxId": f"ORDER{customerNo}",
            "additionalInfo": {"description": "Order A1"},
        }

    def create(self, amount: str = "12345.00", expiresIn: timedelta = timedelta(hours=1)) -> JsonObject:
        """Open an account; the bill it carries."""
        bill = self.newBill(amount, expiresIn)
        response = self.call("POST", CREATE_PATH, bill)
        assert response.json()["responseCode"] == "2002700", response.text
        return bill

    def pay(self, bill: JsonObject, amount: str = "12345.00", **more: JsonValue) -> httpx.Response:
        """Let a payer pay."""
        return self.control("POST", f"/virtual-accounts/{digitsOf(bill)}/pay", {"amount": amount, **more})

    def fault(self, operation: str, fault: str, times: int = 1, **more: JsonValue) -> None:
        """Order a fault."""
        response = self.control("PUT", "/faults", {"operation": operation, "fault": fault, "times": times, **more})
        assert response.is_success, response.text


def digitsOf(bill: JsonObject) -> str:
    """The number without spaces."""
    return str(bill["virtualAccountNo"]).strip()


def numberOf(bill: JsonObject) -> JsonObject:
    """The fields that name an account."""
    return {name: bill[name] for name in ("partnerServiceId", "customerNo", "virtualAccountNo")}


def referenceOf(bill: JsonObject) -> JsonObject:
    """The fields that name an account and its bill."""
    return {**numberOf(bill), "trxId": bill["trxId"]}
