"""The shared test vectors, and a bank that lives at their time with their keys."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import BaseModel, ConfigDict

from KSysPayment.simulator.bank import Bank, composeBank
from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.settings import SimulatorSettings, loadSettings
from KSysPayment.simulator.snap.incomingCall import IncomingCall

VECTORS_FILE: Final = Path(__file__).resolve().parents[2] / "backend/tests/vectors/briSnapVectors.json"
TOKEN_PATH: Final = "/snap/v1.0/access-token/b2b"


class Vector(BaseModel):
    """One vector; fields that a kind does not have are empty."""

    model_config = ConfigDict(extra="ignore")

    id: str
    kind: str
    direction: str = ""
    signingKey: str = ""
    clientKey: str = ""
    timestamp: str
    stringToSign: str
    signatureBase64: str
    signatureHex: str = ""
    method: str = ""
    path: str = ""
    accessToken: str = ""
    secret: str = ""
    body: str = ""
    bodySha256: str = ""
    wireBody: str | None = None


class WrongCase(BaseModel):
    """A wrong signature and the mistake that makes it."""

    mistake: str
    stringToSign: str
    signatureHex: str
    signatureBase64: str


class WrongCases(BaseModel):
    """All wrong signatures of one vector."""

    cases: list[WrongCase]


class Jwk(BaseModel):
    """An RSA pair, base64url."""

    n: str
    e: str
    d: str
    p: str
    q: str
    dp: str
    dq: str
    qi: str


class KeyPair(BaseModel):
    """One party's test pair."""

    testKeyJwk: Jwk
    publicKeySpkiPem: str

    def toPrivateKey(self) -> rsa.RSAPrivateKey:
        """The pair as a key."""
        jwk = self.testKeyJwk
        public = rsa.RSAPublicNumbers(toNumber(jwk.e), toNumber(jwk.n))
        numbers = rsa.RSAPrivateNumbers(
            toNumber(jwk.p),
            toNumber(jwk.q),
            toNumber(jwk.d),
            toNumber(jwk.dp),
            toNumber(jwk.dq),
            toNumber(jwk.qi),
            public,
        )
        return numbers.private_key()

    def toPrivatePem(self) -> str:
        """The pair as PKCS#8."""
        key = self.toPrivateKey()
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()


class VectorFile(BaseModel):
    """The whole file."""

    keys: dict[str, KeyPair]
    credentials: dict[str, str]
    vectors: list[Vector]
    wrongResultsForVaCreate: WrongCases

    def named(self, name: str) -> Vector:
        """One vector."""
        return next(vector for vector in self.vectors if vector.id == name)


def toNumber(text: str) -> int:
    """A base64url number."""
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


VECTORS: Final = VectorFile.model_validate(json.loads(VECTORS_FILE.read_text(encoding="utf-8")))
ASYMMETRIC: Final = [vector for vector in VECTORS.vectors if vector.kind == "asymmetric"]
SYMMETRIC: Final = [vector for vector in VECTORS.vectors if vector.kind == "symmetric"]


class StoppedClock(BankClock):
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """The set time."""
        return self.at


@dataclass(frozen=True)
class VectorBank:
    """A bank in this process, its clock in the test's hand."""

    bank: Bank
    clock: StoppedClock

    def moveTo(self, timestamp: str, shift: timedelta = timedelta()) -> None:
        """Let it be a vector's time, more or less."""
        self.clock.at = datetime.fromisoformat(timestamp) + shift

    def acceptToken(self, token: str) -> None:
        """Pretend the vectors' token was issued now."""
        at = self.clock.now()
        client = VECTORS.credentials["clientId"]
        self.bank.state.tokens.add(token, client, at, at + timedelta(seconds=899))


def vectorSettings(directory: Path, **overrides: str) -> SimulatorSettings:
    """Settings made of the vectors' keys and credentials."""
    credentials = VECTORS.credentials
    return loadSettings(
        {
            "SIMULATOR_DATA_FILE": str(directory / "state.sqlite3"),
            "SIMULATOR_CLIENT_ID": credentials["clientId"],
            "SIMULATOR_CLIENT_SECRET": credentials["clientSecret"],
            "SIMULATOR_PARTNER_ID": credentials["partnerId"],
            "SIMULATOR_CHANNEL_ID": credentials["channelId"],
            "SIMULATOR_PARTNER_SERVICE_ID": "22084",
            "SIMULATOR_MERCHANT_PUBLIC_KEY": VECTORS.keys["merchant"].publicKeySpkiPem,
            "SIMULATOR_BANK_PRIVATE_KEY": VECTORS.keys["bank"].toPrivatePem(),
            "SIMULATOR_INBOUND_CLIENT_ID": credentials["inboundClientId"],
            "SIMULATOR_INBOUND_CLIENT_SECRET": credentials["inboundClientSecret"],
            **overrides,
        }
    )


def openVectorBank(directory: Path, **overrides: str) -> VectorBank:
    """A bank that knows the vectors' parties."""
    clock = StoppedClock(datetime.fromisoformat(VECTORS.named("vaCreate").timestamp))
    return VectorBank(composeBank(vectorSettings(directory, **overrides), clock), clock)


def toCall(vector: Vector, signature: str | None = None, externalId: str = "100000001") -> IncomingCall:
    """A symmetric vector as the merchant would send it."""
    body = vector.wireBody if vector.wireBody is not None else vector.body
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {vector.accessToken}",
        "x-timestamp": vector.timestamp,
        "x-signature": vector.signatureHex if signature is None else signature,
        "x-partner-id": VECTORS.credentials["partnerId"],
        "channel-id": VECTORS.credentials["channelId"],
        "x-external-id": externalId,
    }
    return IncomingCall(vector.method, vector.path, headers, body.encode())


def toTokenCall(vector: Vector, signature: str | None = None) -> IncomingCall:
    """An asymmetric vector as a token request."""
    headers = {
        "content-type": "application/json",
        "x-client-key": vector.clientKey,
        "x-timestamp": vector.timestamp,
        "x-signature": vector.signatureBase64 if signature is None else signature,
    }
    return IncomingCall("POST", TOKEN_PATH, headers, b'{"grantType":"client_credentials"}')
