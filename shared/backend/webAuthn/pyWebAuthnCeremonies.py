from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    encode_cbor,
    options_to_json_dict,
    parse_cbor,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from shared.backend.webAuthn.authenticatorFlags import AuthenticatorFlags
from shared.backend.webAuthn.base64Url import toBase64Url
from shared.backend.webAuthn.ceremoniesInterface import (
    CredentialHint,
    KnownCredential,
    NewCredential,
    PasskeyOwner,
    VerifiedAssertion,
    WebAuthnCeremoniesInterface,
)
from shared.backend.webAuthn.clientData import ClientData
from shared.backend.webAuthn.refusal import PasskeysUnavailableError, Refusal, WebAuthnRefusedError
from shared.backend.webAuthn.relyingParty import RelyingParty
from shared.backend.webAuthn.webAuthnJson import (
    MAX_CREDENTIAL_ID_BYTES,
    AuthenticationResponseJson,
    CreationOptionsJson,
    RegistrationResponseJson,
    RequestOptionsJson,
)

CHALLENGE_BYTES: Final = 32
TIMEOUT_MILLISECONDS: Final = 300_000
ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# Statements that can be checked without knowing the maker's root certificate. The others are not looked at: we asked
# for none and trust none (WebAuthn Level 3, 7.1, note of step 24).
_CHECKED_FORMATS: Final = ("none", "packed")
_TRANSPORTS: Final = {str(transport.value): transport for transport in AuthenticatorTransport}

Result = TypeVar("Result")


class PyWebAuthnCeremonies(WebAuthnCeremoniesInterface):
    """By py_webauthn, which checks the cryptography; what it leaves to its user is checked here."""

    def __init__(self, party: RelyingParty) -> None:
        self._party = party
        self._nobodysKey = _throwawayKey()

    @property
    def isAvailable(self) -> bool:
        return self._party.isSecure

    def newChallenge(self) -> bytes:
        return secrets.token_bytes(CHALLENGE_BYTES)

    def registrationOptions(
        self, owner: PasskeyOwner, challenge: bytes, known: Sequence[CredentialHint]
    ) -> CreationOptionsJson:
        self._ensureSecure()
        options = generate_registration_options(
            rp_id=self._party.id,
            rp_name=self._party.name,
            user_id=owner.handle,
            user_name=owner.name,
            user_display_name=owner.displayName,
            challenge=challenge,
            timeout=TIMEOUT_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[_descriptorOf(hint) for hint in known],
            supported_pub_key_algs=ALGORITHMS,
        )
        written = options_to_json_dict(options)
        return CreationOptionsJson.model_validate({**written, "excludeCredentials": [_written(hint) for hint in known]})

    def authenticationOptions(self, challenge: bytes, allowed: Sequence[CredentialHint]) -> RequestOptionsJson:
        self._ensureSecure()
        options = generate_authentication_options(
            rp_id=self._party.id,
            challenge=challenge,
            timeout=TIMEOUT_MILLISECONDS,
            allow_credentials=[_descriptorOf(hint) for hint in allowed],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        written = options_to_json_dict(options)
        return RequestOptionsJson.model_validate({**written, "allowCredentials": [_written(hint) for hint in allowed]})

    def challengeIn(self, response: RegistrationResponseJson | AuthenticationResponseJson) -> bytes:
        return ClientData.read(response.response.clientDataJson).challenge

    def verifyRegistration(self, response: RegistrationResponseJson, challenge: bytes) -> NewCredential:
        clientData = ClientData.read(response.response.clientDataJson)
        clientData.ensureIsFor("webauthn.create", challenge, self._party.origin)
        attestation, flags = _openedAttestation(response.response.attestationObject)
        flags.ensureIsFor(self._party.id)
        credential = RegistrationCredential(
            id=toBase64Url(response.id),
            raw_id=response.rawId,
            response=AuthenticatorAttestationResponse(response.response.clientDataJson, attestation),
        )
        verified = _verified(
            lambda: verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._party.id,
                expected_origin=self._party.origin,
                supported_pub_key_algs=ALGORITHMS,
            )
        )
        flags.ensureVerified()
        clientData.ensureNotFramed()
        if verified.credential_id != response.rawId or len(response.rawId) > MAX_CREDENTIAL_ID_BYTES:
            raise WebAuthnRefusedError(Refusal.WRONG_CREDENTIAL)
        _ensureKeyIsUsable(verified.credential_public_key)
        return NewCredential(
            credentialId=verified.credential_id,
            publicKey=verified.credential_public_key,
            signCount=verified.sign_count,
            aaguid=UUID(verified.aaguid),
            transports=_knownTransports(response.response.transports),
            isBackupEligible=flags.isBackupEligible,
            isBackedUp=flags.isBackedUp,
        )

    def verifyAssertion(
        self,
        response: AuthenticationResponseJson,
        challenge: bytes,
        credential: KnownCredential,
        userHandle: bytes | None,
    ) -> VerifiedAssertion:
        shown = response.response
        clientData = ClientData.read(shown.clientDataJson)
        clientData.ensureIsFor("webauthn.get", challenge, self._party.origin)
        flags = AuthenticatorFlags.read(shown.authenticatorData)
        flags.ensureIsFor(self._party.id)
        self._ensureIsOf(response, credential, userHandle)
        assertion = AuthenticationCredential(
            id=toBase64Url(response.id),
            raw_id=response.rawId,
            response=AuthenticatorAssertionResponse(shown.clientDataJson, shown.authenticatorData, shown.signature),
        )
        # A counter of 0 lets any other pass: a copy must be told from a forgery, and only a right signature tells.
        _verified(
            lambda: verify_authentication_response(
                credential=assertion,
                expected_challenge=challenge,
                expected_rp_id=self._party.id,
                expected_origin=self._party.origin,
                credential_public_key=credential.publicKey,
                credential_current_sign_count=0,
            )
        )
        flags.ensureVerified()
        clientData.ensureNotFramed()
        if flags.isBackupEligible != credential.isBackupEligible:
            raise WebAuthnRefusedError(Refusal.BACKUP_ELIGIBILITY_CHANGED)
        return VerifiedAssertion(
            signCount=flags.signCount, isBackedUp=flags.isBackedUp, hasUserHandle=bool(shown.userHandle)
        )

    def verifyAgainstNothing(self, response: AuthenticationResponseJson, challenge: bytes) -> None:
        nobody = KnownCredential(
            credentialId=response.rawId, publicKey=self._nobodysKey, signCount=0, isBackupEligible=False
        )
        with suppress(WebAuthnRefusedError):
            self.verifyAssertion(response, challenge, nobody, response.response.userHandle)

    def _ensureSecure(self) -> None:
        if not self.isAvailable:
            raise PasskeysUnavailableError

    def _ensureIsOf(
        self, response: AuthenticationResponseJson, credential: KnownCredential, userHandle: bytes | None
    ) -> None:
        if response.rawId != credential.credentialId:
            raise WebAuthnRefusedError(Refusal.WRONG_CREDENTIAL)
        if response.response.userHandle and response.response.userHandle != userHandle:
            raise WebAuthnRefusedError(Refusal.WRONG_USER)


def _openedAttestation(raw: bytes) -> tuple[bytes, AuthenticatorFlags]:
    """The attestation object, its statement taken off when nobody here could check it, and its flags."""
    opened = _verified(lambda: parse_cbor(raw))
    authenticatorData = opened.get("authData") if isinstance(opened, dict) else None
    if not isinstance(authenticatorData, bytes):
        raise WebAuthnRefusedError(Refusal.MALFORMED)
    flags = AuthenticatorFlags.read(authenticatorData)
    if opened.get("fmt") in _CHECKED_FORMATS:
        return raw, flags
    return encode_cbor({"fmt": "none", "attStmt": {}, "authData": authenticatorData}), flags


def _ensureKeyIsUsable(publicKey: bytes) -> None:
    """With attestation `none` nothing was signed yet: a point that is not on the curve would be found at sign-in."""
    _verified(lambda: decoded_public_key_to_cryptography(decode_credential_public_key(publicKey)))


def _verified(verify: Callable[[], Result]) -> Result:
    try:
        return verify()
    except Exception as error:
        raise WebAuthnRefusedError(Refusal.NOT_VERIFIED) from error


def _throwawayKey() -> bytes:
    """The public half of a P-256 key whose private half is thrown away, as a COSE_Key (RFC 9053, 7.1)."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})


def _knownTransports(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(transport for transport in given if transport in _TRANSPORTS))


def _descriptorOf(hint: CredentialHint) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=hint.credentialId, transports=[_TRANSPORTS[name] for name in _knownTransports(hint.transports)]
    )


def _written(hint: CredentialHint) -> dict[str, object]:
    """With `transports` even when there are none, so that no answer differs from another by its members."""
    return {"id": hint.credentialId, "type": "public-key", "transports": list(_knownTransports(hint.transports))}
