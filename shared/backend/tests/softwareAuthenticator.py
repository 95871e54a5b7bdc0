"""A device that makes and uses passkeys as a test wants them: any algorithm, any flags, and any lie."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from shared.backend.webAuthn.base64Url import fromBase64Url, toBase64Url

Algorithm = Literal["ES256", "EdDSA", "RS256", "ES384"]
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
Json = Mapping[str, object]

UP: Final = 0x01
UV: Final = 0x04
BE: Final = 0x08
BS: Final = 0x10
AT: Final = 0x40
ORIGIN: Final = "http://localhost:8080"


@dataclass
class Lie:
    """What a device, or somebody on the way, says instead of the truth; None is the truth."""

    type: str | None = None
    challenge: bytes | None = None
    origin: str | None = None
    crossOrigin: bool | None = None
    topOrigin: str | None = None
    rpId: str | None = None
    flagsOn: int = 0
    flagsOff: int = 0
    userHandle: bytes | None = None
    signCount: int | None = None
    signedBy: PrivateKey | None = None


TRUTH: Final = Lie()


@dataclass
class Credential:
    """One passkey on the device."""

    id: bytes
    key: PrivateKey
    rpId: str
    userHandle: bytes
    isResident: bool
    signCount: int = 0


@dataclass
class SoftwareAuthenticator:
    """`keepsCounter`: whether its counters rise; those of synchronised passkeys stay 0."""

    algorithm: Algorithm = "ES256"
    hasResidentKeys: bool = True
    verifiesUser: bool = True
    isBackupEligible: bool = False
    isBackedUp: bool = False
    transports: Sequence[str] = ("internal",)
    keepsCounter: bool = False
    attestation: Literal["none", "packed", "unknown"] = "none"
    credentialIdBytes: int = 32
    credentials: list[Credential] = field(default_factory=list)

    def create(
        self, options: Json, lie: Lie = TRUTH, origin: str = ORIGIN, credentialId: bytes | None = None
    ) -> dict[str, object]:
        """RegistrationResponseJSON, as a browser writes it for these PublicKeyCredentialCreationOptionsJSON."""
        excluded = {fromBase64Url(_text(each, "id")) for each in _objects(options, "excludeCredentials")}
        if any(credential.id in excluded for credential in self.credentials):
            raise ValueError("InvalidStateError: this device has one of the excluded passkeys")
        credential = Credential(
            credentialId or secrets.token_bytes(self.credentialIdBytes),
            makeKey(self.algorithm),
            _text(_object(options, "rp"), "id"),
            fromBase64Url(_text(_object(options, "user"), "id")),
            self.hasResidentKeys,
        )
        self.credentials.append(credential)
        clientData = _clientData("webauthn.create", options, lie, origin)
        attested = bytes(16) + len(credential.id).to_bytes(2, "big") + credential.id + coseOf(credential.key)
        authenticatorData = self._authenticatorData(credential, lie, AT) + attested
        return {
            "id": toBase64Url(credential.id),
            "rawId": toBase64Url(credential.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": self.hasResidentKeys}},
            "response": {
                "clientDataJSON": toBase64Url(clientData),
                "attestationObject": toBase64Url(self._attested(credential, authenticatorData, clientData, lie)),
                "authenticatorData": toBase64Url(authenticatorData),
                "publicKeyAlgorithm": -7,
                "transports": list(self.transports),
            },
        }

    def get(
        self, options: Json, lie: Lie = TRUTH, origin: str = ORIGIN, using: Credential | None = None
    ) -> dict[str, object]:
        """AuthenticationResponseJSON for these PublicKeyCredentialRequestOptionsJSON; ValueError: no passkey fits."""
        credential = using or self._pick(options)
        clientData = _clientData("webauthn.get", options, lie, origin)
        authenticatorData = self._authenticatorData(credential, lie, 0)
        signature = sign(lie.signedBy or credential.key, authenticatorData + _sha256(clientData))
        handle = lie.userHandle if lie.userHandle is not None else credential.userHandle
        isHandleShown = credential.isResident or lie.userHandle is not None
        return {
            "id": toBase64Url(credential.id),
            "rawId": toBase64Url(credential.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": toBase64Url(clientData),
                "authenticatorData": toBase64Url(authenticatorData),
                "signature": toBase64Url(signature),
                "userHandle": toBase64Url(handle) if isHandleShown else None,
            },
        }

    def _pick(self, options: Json) -> Credential:
        allowed = {fromBase64Url(_text(each, "id")) for each in _objects(options, "allowCredentials")}
        mine = [credential for credential in self.credentials if credential.rpId == options["rpId"]]
        fitting = [credential for credential in mine if credential.id in allowed or not allowed]
        usable = [credential for credential in fitting if allowed or credential.isResident]
        if not usable:
            raise ValueError("NotAllowedError: no passkey of this device fits")
        return usable[-1]

    def _authenticatorData(self, credential: Credential, lie: Lie, more: int) -> bytes:
        flags = UP | (UV if self.verifiesUser else 0) | (BE if self.isBackupEligible else 0)
        flags |= (BS if self.isBackedUp else 0) | more
        credential.signCount += 1 if self.keepsCounter else 0
        count = credential.signCount if lie.signCount is None else lie.signCount
        shown = (flags | lie.flagsOn) & ~lie.flagsOff
        return _sha256((lie.rpId or credential.rpId).encode()) + bytes([shown]) + count.to_bytes(4, "big")

    def _attested(self, credential: Credential, authenticatorData: bytes, clientData: bytes, lie: Lie) -> bytes:
        statement: dict[str, object] = {}
        if self.attestation == "packed":
            signature = sign(lie.signedBy or credential.key, authenticatorData + _sha256(clientData))
            statement = {"alg": _COSE_NAMES[self.algorithm], "sig": signature}
        if self.attestation == "unknown":
            statement = {"claim": b"of a maker nobody has heard of"}
        return cbor2.dumps({"fmt": self.attestation, "attStmt": statement, "authData": authenticatorData})


_COSE_NAMES: Final[Mapping[Algorithm, int]] = {"ES256": -7, "EdDSA": -8, "RS256": -257, "ES384": -35}


def makeKey(algorithm: Algorithm) -> PrivateKey:
    match algorithm:
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        case "RS256":
            return rsa.generate_private_key(65_537, 2048)


def sign(key: PrivateKey, data: bytes) -> bytes:
    match key:
        case ec.EllipticCurvePrivateKey():
            return key.sign(data, ec.ECDSA(hashes.SHA256() if key.key_size == 256 else hashes.SHA384()))
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        case _:
            return key.sign(data)


def coseOf(key: PrivateKey) -> bytes:
    """The public half as a COSE_Key (RFC 9053)."""
    match key:
        case ec.EllipticCurvePrivateKey():
            point, size = key.public_key().public_numbers(), key.key_size // 8
            kind = {256: (-7, 1), 384: (-35, 2)}[key.key_size]
            x, y = point.x.to_bytes(size, "big"), point.y.to_bytes(size, "big")
            return cbor2.dumps({1: 2, 3: kind[0], -1: kind[1], -2: x, -3: y})
        case rsa.RSAPrivateKey():
            numbers = key.public_key().public_numbers()
            modulus = numbers.n.to_bytes(key.key_size // 8, "big")
            return cbor2.dumps({1: 3, 3: -257, -1: modulus, -2: numbers.e.to_bytes(3, "big")})
        case _:
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})


def _clientData(kind: str, options: Json, lie: Lie, origin: str) -> bytes:
    challenge = fromBase64Url(_text(options, "challenge")) if lie.challenge is None else lie.challenge
    said: dict[str, object] = {
        "type": lie.type or kind,
        "challenge": toBase64Url(challenge),
        "origin": lie.origin or origin,
        "crossOrigin": bool(lie.crossOrigin),
    }
    if lie.topOrigin is not None:
        said["topOrigin"] = lie.topOrigin
    return json.dumps(said, separators=(",", ":")).encode()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _object(node: Json, name: str) -> Json:
    child = node[name]
    if not isinstance(child, dict):
        raise TypeError(name)
    return child


def _objects(node: Json, name: str) -> Sequence[Json]:
    children = node[name]
    if not isinstance(children, list):
        raise TypeError(name)
    return children


def _text(node: Json, name: str) -> str:
    return str(node[name])
