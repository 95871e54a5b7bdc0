"""WebAuthn Level 3, 7.1 and 7.2, step by step, against a device that can be made to lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.backend.tests.softwareAuthenticator import (
    BE,
    BS,
    ORIGIN,
    UP,
    UV,
    Algorithm,
    Lie,
    SoftwareAuthenticator,
    makeKey,
)
from shared.backend.webAuthn.base64Url import fromBase64Url, toBase64Url
from shared.backend.webAuthn.ceremoniesInterface import (
    CredentialHint,
    KnownCredential,
    NewCredential,
    PasskeyOwner,
    VerifiedAssertion,
    hasCounterGoneBack,
)
from shared.backend.webAuthn.pyWebAuthnCeremonies import PyWebAuthnCeremonies
from shared.backend.webAuthn.refusal import PasskeysUnavailableError, Refusal, WebAuthnRefusedError
from shared.backend.webAuthn.relyingParty import RelyingParty
from shared.backend.webAuthn.webAuthnJson import (
    AuthenticationResponseJson,
    RegistrationResponseJson,
)

OWNER: Final = PasskeyOwner(handle=b"h" * 32, name="sari@example.com", displayName="Sari")
CEREMONIES: Final = PyWebAuthnCeremonies(RelyingParty.forBaseUrl(ORIGIN, "K"))
CHALLENGE: Final = b"c" * 32
Json = dict[str, object]


def creationOptions() -> Json:
    return CEREMONIES.registrationOptions(OWNER, CHALLENGE, []).model_dump(mode="json")


def requestOptions() -> Json:
    return CEREMONIES.authenticationOptions(CHALLENGE, []).model_dump(mode="json")


def register(response: Json) -> NewCredential:
    return CEREMONIES.verifyRegistration(RegistrationResponseJson.model_validate(response), CHALLENGE)


def known(device: SoftwareAuthenticator) -> KnownCredential:
    """Registered by the rules, whatever the device does afterwards."""
    new = register(device.create(creationOptions()))
    return KnownCredential(
        credentialId=new.credentialId,
        publicKey=new.publicKey,
        signCount=new.signCount,
        isBackupEligible=new.isBackupEligible,
    )


def authenticate(response: Json, credential: KnownCredential) -> VerifiedAssertion:
    parsed = AuthenticationResponseJson.model_validate(response)
    return CEREMONIES.verifyAssertion(parsed, CHALLENGE, credential, OWNER.handle)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
@pytest.mark.parametrize(("eligible", "backedUp"), [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("attestation", ["none", "packed", "unknown"])
def testWhatADeviceMadeIsTakenAndRecognised(
    algorithm: Algorithm, eligible: bool, backedUp: bool, attestation: str
) -> None:
    device = SoftwareAuthenticator(algorithm, isBackupEligible=eligible, isBackedUp=backedUp, keepsCounter=True)
    device.attestation = "packed" if attestation == "packed" else "unknown" if attestation == "unknown" else "none"
    device.transports = ("usb", "nfc", "telepathy", "usb")
    new = register(device.create(creationOptions()))
    assert (new.isBackupEligible, new.isBackedUp, new.signCount) == (eligible, backedUp, 1)
    assert new.transports == ("usb", "nfc")
    credential = KnownCredential(
        **new.model_dump(include={"credentialId", "publicKey", "signCount", "isBackupEligible"})
    )
    shown = authenticate(device.get(requestOptions()), credential)
    assert (shown.signCount, shown.isBackedUp, shown.hasUserHandle) == (2, backedUp, True)


REGISTRATION_LIES: Final[Mapping[str, tuple[Lie, Refusal]]] = {
    "an assertion's type": (Lie(type="webauthn.get"), Refusal.WRONG_TYPE),
    "a payment's type": (Lie(type="payment.get"), Refusal.WRONG_TYPE),
    "another challenge": (Lie(challenge=b"d" * 32), Refusal.WRONG_CHALLENGE),
    "another host": (Lie(origin="http://localhost.evil.example:8080"), Refusal.WRONG_ORIGIN),
    "another port": (Lie(origin="http://localhost:8081"), Refusal.WRONG_ORIGIN),
    "another scheme": (Lie(origin="https://localhost:8080"), Refusal.WRONG_ORIGIN),
    "a subdomain": (Lie(origin="http://a.localhost:8080"), Refusal.WRONG_ORIGIN),
    "a foreign frame": (Lie(crossOrigin=True), Refusal.CROSS_ORIGIN),
    "a foreign top": (Lie(topOrigin="https://evil.example"), Refusal.CROSS_ORIGIN),
    "another relying party": (Lie(rpId="evil.example"), Refusal.WRONG_RELYING_PARTY),
    "nobody there": (Lie(flagsOff=UP), Refusal.USER_NOT_PRESENT),
    "nobody verified": (Lie(flagsOff=UV), Refusal.USER_NOT_VERIFIED),
    "a backup that cannot be": (Lie(flagsOn=BS), Refusal.BACKED_UP_BUT_NOT_ELIGIBLE),
}
ASSERTION_LIES: Final[Mapping[str, tuple[Lie, Refusal]]] = {
    **{name: each for name, each in REGISTRATION_LIES.items() if name != "an assertion's type"},
    "a registration's type": (Lie(type="webauthn.create"), Refusal.WRONG_TYPE),
    "eligible all of a sudden": (Lie(flagsOn=BE), Refusal.BACKUP_ELIGIBILITY_CHANGED),
    "somebody else's handle": (Lie(userHandle=b"i" * 32), Refusal.WRONG_USER),
    "another key": (Lie(signedBy=makeKey("ES256")), Refusal.NOT_VERIFIED),
    "a key of another kind": (Lie(signedBy=makeKey("RS256")), Refusal.NOT_VERIFIED),
}


@pytest.mark.parametrize(("lie", "refusal"), REGISTRATION_LIES.values(), ids=REGISTRATION_LIES)
def testARegistrationThatLiesIsRefused(lie: Lie, refusal: Refusal) -> None:
    with pytest.raises(WebAuthnRefusedError, match=f"^{refusal.value}$"):
        register(SoftwareAuthenticator().create(creationOptions(), lie))


@pytest.mark.parametrize(("lie", "refusal"), ASSERTION_LIES.values(), ids=ASSERTION_LIES)
def testAnAssertionThatLiesIsRefused(lie: Lie, refusal: Refusal) -> None:
    device = SoftwareAuthenticator()
    credential = known(device)
    with pytest.raises(WebAuthnRefusedError, match=f"^{refusal.value}$"):
        authenticate(device.get(requestOptions(), lie), credential)
    assert authenticate(device.get(requestOptions()), credential).signCount == 0


def testAPasskeyThatCouldBeBackedUpStaysOneThatCould() -> None:
    device = SoftwareAuthenticator(isBackupEligible=True)
    credential = known(device)
    with pytest.raises(WebAuthnRefusedError, match=r"^backupEligibilityChanged$"):
        authenticate(device.get(requestOptions(), Lie(flagsOff=BE)), credential)


def testSomebodyElsesPasskeyIsRefused() -> None:
    device, other = SoftwareAuthenticator(), SoftwareAuthenticator()
    credential, _ = known(device), known(other)
    with pytest.raises(WebAuthnRefusedError, match=r"^wrongCredential$"):
        authenticate(other.get(requestOptions()), credential)


def testAPackedStatementSignedByAnotherKeyIsRefused() -> None:
    device = SoftwareAuthenticator(attestation="packed")
    with pytest.raises(WebAuthnRefusedError, match=r"^notVerified$"):
        register(device.create(creationOptions(), Lie(signedBy=makeKey("ES256"))))


def testAnIdThatIsNotTheOneInsideIsRefused() -> None:
    response = SoftwareAuthenticator().create(creationOptions())
    response["id"] = response["rawId"] = toBase64Url(b"somebody else's passkey")
    with pytest.raises(WebAuthnRefusedError, match=r"^wrongCredential$"):
        register(response)


def testAnAlgorithmNotAskedForIsRefused() -> None:
    with pytest.raises(WebAuthnRefusedError, match=r"^notVerified$"):
        register(SoftwareAuthenticator("ES384").create(creationOptions()))


def testThePasskeyOfASecurityKeyWithoutAHandleIsRecognised() -> None:
    device = SoftwareAuthenticator(hasResidentKeys=False)
    credential = known(device)
    options = CEREMONIES.authenticationOptions(CHALLENGE, [CredentialHint(credentialId=credential.credentialId)])
    shown = authenticate(device.get(options.model_dump(mode="json")), credential)
    assert shown.hasUserHandle is False


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def testNoByteOfAnAssertionCanBeChanged(part: str, algorithm: Algorithm, data: st.DataObject) -> None:
    response, credential = SIGNED[algorithm]
    shown = dict(_shownIn(response))
    raw = bytearray(fromBase64Url(shown[part]))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    changed = {**response, "response": {**shown, part: toBase64Url(bytes(raw))}}
    with pytest.raises(WebAuthnRefusedError):
        authenticate(changed, credential)


@settings(max_examples=100, deadline=None)
@given(garbage=st.binary(max_size=400), at=st.integers(0, 180))
def testGarbageIsRefusedAndNothingElse(garbage: bytes, at: int) -> None:
    response = SoftwareAuthenticator().create(creationOptions())
    shown = dict(_shownIn(response))
    raw = fromBase64Url(shown["attestationObject"])
    shown["attestationObject"] = toBase64Url(raw[:at] + garbage)
    with pytest.raises(WebAuthnRefusedError):
        register({**response, "response": shown})


def testAKeyThatIsNoPointOnItsCurveIsRefused() -> None:
    response = SoftwareAuthenticator().create(creationOptions())
    shown = dict(_shownIn(response))
    raw = bytearray(fromBase64Url(shown["attestationObject"]))
    raw[-1] ^= 1
    shown["attestationObject"] = toBase64Url(bytes(raw))
    with pytest.raises(WebAuthnRefusedError):
        register({**response, "response": shown})


def _shownIn(response: Json) -> dict[str, str]:
    shown = response["response"]
    assert isinstance(shown, dict)
    return {str(name): str(value) for name, value in shown.items() if isinstance(value, str)}


def _signed(algorithm: Algorithm) -> tuple[Json, KnownCredential]:
    device = SoftwareAuthenticator(algorithm)
    credential = known(device)
    return device.get(requestOptions()), credential


SIGNED: Final = {algorithm: _signed(algorithm) for algorithm in ("ES256", "EdDSA", "RS256")}


def testTheOptionsSayWhatWeRequire() -> None:
    hint = CredentialHint(credentialId=b"known", transports=("internal", "hybrid", "telepathy"))
    options = CEREMONIES.registrationOptions(OWNER, CHALLENGE, [hint]).model_dump(mode="json")
    assert options == {
        "rp": {"id": "localhost", "name": "K"},
        "user": {"id": toBase64Url(OWNER.handle), "name": "sari@example.com", "displayName": "Sari"},
        "challenge": toBase64Url(CHALLENGE),
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -8, -257)],
        "timeout": 300_000,
        "excludeCredentials": [
            {"id": toBase64Url(b"known"), "type": "public-key", "transports": ["internal", "hybrid"]}
        ],
        "authenticatorSelection": {
            "residentKey": "preferred",
            "requireResidentKey": False,
            "userVerification": "required",
        },
        "attestation": "none",
        "extensions": {"credProps": True},
    }
    asked = CEREMONIES.authenticationOptions(CHALLENGE, [hint]).model_dump(mode="json")
    assert asked == {
        "challenge": toBase64Url(CHALLENGE),
        "timeout": 300_000,
        "rpId": "localhost",
        "allowCredentials": options["excludeCredentials"],
        "userVerification": "required",
    }


def testEveryChallengeIsNewAndLong() -> None:
    challenges = {CEREMONIES.newChallenge() for _ in range(1000)}
    assert len(challenges) == 1000
    assert all(len(challenge) >= 16 for challenge in challenges)


@pytest.mark.parametrize(
    ("baseUrl", "rpId", "origin", "isSecure"),
    [
        ("http://localhost:8080", "localhost", "http://localhost:8080", True),
        ("https://K.Example:443", "k.example", "https://k.example", True),
        ("https://k.example:8443", "k.example", "https://k.example:8443", True),
        ("http://k.example:80", "k.example", "http://k.example", False),
    ],
)
def testTheRelyingPartyIsTheSiteAsBrowsersWriteIt(baseUrl: str, rpId: str, origin: str, isSecure: bool) -> None:
    party = RelyingParty.forBaseUrl(baseUrl, "K")
    assert (party.id, party.origin, party.isSecure) == (rpId, origin, isSecure)


def testOverPlainHttpThereAreNoPasskeys() -> None:
    ceremonies = PyWebAuthnCeremonies(RelyingParty.forBaseUrl("http://k.example", "K"))
    asks: list[Callable[[], object]] = [
        lambda: ceremonies.registrationOptions(OWNER, CHALLENGE, []),
        lambda: ceremonies.authenticationOptions(CHALLENGE, []),
    ]
    for ask in asks:
        with pytest.raises(PasskeysUnavailableError):
            ask()


@pytest.mark.parametrize(("stored", "shown"), list(product([0, 1, 7], [0, 1, 7, 8])))
def testACounterMustRiseUnlessThereIsNone(stored: int, shown: int) -> None:
    rises = shown > stored
    isNone = stored == 0 and shown == 0
    assert hasCounterGoneBack(stored, shown) is not (rises or isNone)


@pytest.mark.parametrize("text", ["Zg==", "Zh", "Z", "Zm9v!", "Zm 9v", "Zm+v", "é"])
def testBytesHaveOneSpelling(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        fromBase64Url(text)
