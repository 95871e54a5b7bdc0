"""The test vectors of WebAuthn Level 3, 16 (https://www.w3.org/TR/webauthn-3/#sctn-test-vectors)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from pydantic import BaseModel
from webauthn.helpers import parse_attestation_object

from shared.backend.webAuthn.base64Url import toBase64Url
from shared.backend.webAuthn.ceremoniesInterface import KnownCredential, NewCredential, VerifiedAssertion
from shared.backend.webAuthn.pyWebAuthnCeremonies import PyWebAuthnCeremonies
from shared.backend.webAuthn.refusal import Refusal, WebAuthnRefusedError
from shared.backend.webAuthn.relyingParty import RelyingParty
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson, RegistrationResponseJson


class Registration(BaseModel):
    challenge: str
    aaguid: str
    credentialId: str
    clientDataJSON: str
    attestationObject: str


class Authentication(BaseModel):
    challenge: str
    authenticatorData: str
    clientDataJSON: str
    signature: str


class Vector(BaseModel):
    name: str
    section: str
    registration: Registration
    authentication: Authentication


class Vectors(BaseModel):
    source: str
    note: str
    vectors: list[Vector]


FILE: Final = Path(__file__).parent / "webAuthnVectors.json"
VECTORS: Final = {vector.name: vector for vector in Vectors.model_validate_json(FILE.read_text()).vectors}
CEREMONIES: Final = PyWebAuthnCeremonies(RelyingParty.forBaseUrl("https://example.org", "vectors"))

# Ours says: user verification always, no frames, three algorithms. Whatever is refused for the first two reasons was
# verified before that, so a refusal here still shows that the cryptography of the vector was followed.
VERIFIED: Final = None
REGISTRATIONS: Final = {
    "none.ES256": Refusal.USER_NOT_VERIFIED,
    "packed-self.ES256": VERIFIED,
    "none.ES256.crossOrigin": Refusal.CROSS_ORIGIN,
    "none.ES256.topOrigin": Refusal.USER_NOT_VERIFIED,
    "none.ES256.long-credential-id": Refusal.USER_NOT_VERIFIED,
    "packed.ES256": VERIFIED,
    "packed.ES384": Refusal.NOT_VERIFIED,
    "packed.ES512": Refusal.NOT_VERIFIED,
    "packed.RS256": VERIFIED,
    "packed.EdDSA": Refusal.USER_NOT_VERIFIED,
    "packed.Ed448": Refusal.NOT_VERIFIED,
    "tpm.ES256": VERIFIED,
    "android-key.ES256": VERIFIED,
    "apple.ES256": Refusal.USER_NOT_VERIFIED,
    "fido-u2f.ES256": Refusal.USER_NOT_VERIFIED,
}
AUTHENTICATIONS: Final = {
    "none.ES256": Refusal.USER_NOT_VERIFIED,
    "packed-self.ES256": Refusal.USER_NOT_VERIFIED,
    "none.ES256.crossOrigin": Refusal.CROSS_ORIGIN,
    "none.ES256.topOrigin": Refusal.CROSS_ORIGIN,
    "none.ES256.long-credential-id": VERIFIED,
    "packed.ES256": VERIFIED,
    "packed.RS256": Refusal.USER_NOT_VERIFIED,
    "packed.EdDSA": Refusal.USER_NOT_VERIFIED,
    "tpm.ES256": VERIFIED,
    "android-key.ES256": Refusal.USER_NOT_VERIFIED,
    "apple.ES256": Refusal.USER_NOT_VERIFIED,
    "fido-u2f.ES256": Refusal.USER_NOT_VERIFIED,
}


def testTheFifteenVectorsAreThere() -> None:
    assert len(VECTORS) == 15
    assert set(REGISTRATIONS) == set(VECTORS)


@pytest.mark.parametrize(("name", "expected"), REGISTRATIONS.items())
def testARegistrationOfTheSpecification(name: str, expected: Refusal | None) -> None:
    vector = VECTORS[name]
    if expected is not VERIFIED:
        with pytest.raises(WebAuthnRefusedError, match=f"^{expected.value}$"):
            register(vector)
        return
    credential = register(vector)
    assert credential.credentialId.hex() == vector.registration.credentialId
    assert credential.aaguid.bytes.hex() == vector.registration.aaguid
    assert credential.publicKey == credentialOf(vector).publicKey


@pytest.mark.parametrize("name", ["packed.ES384", "packed.ES512", "packed.Ed448"])
def testAnAlgorithmNotAskedForIsRefused(name: str) -> None:
    with pytest.raises(WebAuthnRefusedError) as refused:
        register(VECTORS[name])
    assert "Unsupported credential public key alg" in str(refused.value.__cause__)


@pytest.mark.parametrize(("name", "expected"), AUTHENTICATIONS.items())
def testAnAuthenticationOfTheSpecification(name: str, expected: Refusal | None) -> None:
    vector = VECTORS[name]
    if expected is not VERIFIED:
        with pytest.raises(WebAuthnRefusedError, match=f"^{expected.value}$"):
            authenticate(vector, credentialOf(vector))
        return
    assert authenticate(vector, credentialOf(vector)).signCount == 0


@pytest.mark.parametrize("name", AUTHENTICATIONS)
def testItsSignatureWasReallyChecked(name: str) -> None:
    vector = VECTORS[name]
    signature = bytearray.fromhex(vector.authentication.signature)
    signature[-1] ^= 1
    forged = vector.authentication.model_copy(update={"signature": signature.hex()})
    with pytest.raises(WebAuthnRefusedError, match=r"^notVerified$"):
        authenticate(vector.model_copy(update={"authentication": forged}), credentialOf(vector))


def credentialOf(vector: Vector) -> KnownCredential:
    """As it would have been kept, had the registration been accepted."""
    data = parse_attestation_object(bytes.fromhex(vector.registration.attestationObject)).auth_data
    assert data.attested_credential_data is not None
    return KnownCredential(
        credentialId=data.attested_credential_data.credential_id,
        publicKey=data.attested_credential_data.credential_public_key,
        signCount=data.sign_count,
        isBackupEligible=data.flags.be,
    )


def register(vector: Vector) -> NewCredential:
    given = vector.registration
    written = {
        "id": _base64Url(given.credentialId),
        "rawId": _base64Url(given.credentialId),
        "type": "public-key",
        "response": {
            "clientDataJSON": _base64Url(given.clientDataJSON),
            "attestationObject": _base64Url(given.attestationObject),
        },
    }
    response = RegistrationResponseJson.model_validate(written)
    return CEREMONIES.verifyRegistration(response, bytes.fromhex(given.challenge))


def authenticate(vector: Vector, credential: KnownCredential) -> VerifiedAssertion:
    given = vector.authentication
    written = {
        "id": toBase64Url(credential.credentialId),
        "rawId": toBase64Url(credential.credentialId),
        "type": "public-key",
        "response": {
            "clientDataJSON": _base64Url(given.clientDataJSON),
            "authenticatorData": _base64Url(given.authenticatorData),
            "signature": _base64Url(given.signature),
        },
    }
    response = AuthenticationResponseJson.model_validate(written)
    return CEREMONIES.verifyAssertion(response, bytes.fromhex(given.challenge), credential, None)


def _base64Url(hexadecimal: str) -> str:
    return toBase64Url(bytes.fromhex(hexadecimal))
