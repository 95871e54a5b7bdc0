from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
from collections.abc import Callable

import argon2
import pytest
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import assume, given
from hypothesis import strategies as st
from k_services_crypto import (
    AeadKey,
    CryptoError,
    KeyRing,
    PasswordHasher,
    constantTimeEqual,
    packRecord,
    randomToken,
    unpackRecord,
)

FIRST_KEY = "the first master key, long enough to count"
SECOND_KEY = "the second master key, long enough as well"
PEPPER = "a pepper of at least thirty-two characters"
CONTEXT = b"user:1:totp"

RING = KeyRing(2, {1: FIRST_KEY, 2: SECOND_KEY})
LIGHT = PasswordHasher(64, 1, 1, None, [])

MALFORMED_TOKENS = [
    "",
    "k1",
    "k1.",
    "k1.2",
    "k1.2.",
    "k2.2." + "A" * 60,
    "k1.02." + "A" * 60,
    "k1.+2." + "A" * 60,
    "k1.70000." + "A" * 60,
    "k1.2." + "A" * 20,
    "k1.2." + "=" * 60,
    "k1.2." + "A" * 59 + "+",
    "k1.2.\ud800",
]


def rootOf(masterKey: str, keyId: int) -> bytes:
    """The stretched master key, by libraries that share nothing with the extension."""
    salt = hashlib.sha256(b"k-crypto/1/root/" + str(keyId).encode()).digest()
    return hash_secret_raw(masterKey.encode(), salt, 3, 64 * 1024, 1, 32, Type.ID)


def derived(root: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(root)


def hmacOf(key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(data)
    return mac.finalize()


def pepperedHash(password: str, salt: bytes) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=64, secret=PEPPER.encode())
    return kdf.derive(password.encode())


def unpadded(encoded: str) -> bytes:
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4))


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=12, max_size=12), st.binary(), st.binary())
def testSealingIsTheSameAesGcmAsCryptography(key: bytes, nonce: bytes, text: bytes, context: bytes) -> None:
    sealed = AeadKey(key).seal(nonce, text, context)
    assert sealed == AESGCM(key).encrypt(nonce, text, context)
    assert AeadKey(key).open(nonce, sealed, context) == text


def testLongTextsAreSealedTheSameWithoutTheInterpreterLock() -> None:
    key, nonce, text = os.urandom(32), os.urandom(12), os.urandom(1_000_000)
    sealed = AeadKey(key).seal(nonce, text, CONTEXT)
    assert sealed == AESGCM(key).encrypt(nonce, text, CONTEXT)
    assert AeadKey(key).open(nonce, sealed, CONTEXT) == text


@pytest.mark.parametrize(("keyId", "masterKey"), [(1, FIRST_KEY), (2, SECOND_KEY)])
def testRecordsOpenWithCryptographyAndTheOtherWayRound(keyId: int, masterKey: str) -> None:
    ring = KeyRing(keyId, {keyId: masterKey})
    ciphertext, salt, nonce, usedId = ring.seal(b"secret", CONTEXT)
    recordKey = derived(rootOf(masterKey, keyId), salt, b"k-crypto/1/record")
    assert usedId == keyId
    assert AESGCM(recordKey).decrypt(nonce, ciphertext, CONTEXT) == b"secret"

    theirs = AESGCM(recordKey).encrypt(nonce, b"theirs", CONTEXT)
    assert ring.open(theirs, salt, nonce, keyId, CONTEXT) == b"theirs"


def testPersonalRecordsOpenWithCryptography() -> None:
    """From the kept key to the text by libraries that share nothing with the extension: the whole format, once."""
    kept = RING.createPersonalKey("user:1:key")
    sealed = RING.openPersonalKey(kept, "user:1:key").sealText("192.0.2.7", "user:1:ip")

    ciphertext, salt, nonce, keyId = unpackRecord(kept)
    recordKey = derived(rootOf(SECOND_KEY, keyId), salt, b"k-crypto/1/record")
    personalKey = AESGCM(recordKey).decrypt(nonce, ciphertext, b"user:1:key")
    assert len(personalKey) == 32
    body = base64.urlsafe_b64decode(sealed.removeprefix("p1.") + "=" * (-len(sealed.removeprefix("p1.")) % 4))
    textKey = derived(derived(personalKey, None, b"k-crypto/1/personal"), body[:16], b"k-crypto/1/record")
    assert AESGCM(textKey).decrypt(body[16:28], body[28:], b"user:1:ip") == b"192.0.2.7"


@given(st.text(), st.text())
def testForeignPersonalTokensAreRefused(token: str, context: str) -> None:
    key = RING.openPersonalKey(RING.createPersonalKey("user:1:key"), "user:1:key")
    for candidate in (token, "p1." + token):
        with pytest.raises(CryptoError):
            key.openText(candidate, context)
        with pytest.raises(CryptoError):
            RING.openPersonalKey(candidate, context)


def testBlindIndexAndKeyedHashAreHmacUnderDerivedKeys() -> None:
    root = rootOf(FIRST_KEY, 1)
    indexKey = derived(root, None, b"k-crypto/1/blindIndex/email")
    hashKey = derived(root, None, b"k-crypto/1/keyedHash/email")
    assert RING.blindIndex(b"a@b.example", "email", 1) == hmacOf(indexKey, b"a@b.example")
    assert RING.keyedHash(b"a@b.example", "email", 1) == hmacOf(hashKey, b"a@b.example")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def testPasswordHashesVerifyWithArgon2CffiAndTheOtherWayRound(password: str) -> None:
    theirs = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    assert theirs.verify(LIGHT.hash(password), password)
    assert LIGHT.verify(password, theirs.hash(password))
    assert not LIGHT.needsRehash(theirs.hash(password))
    assert not theirs.check_needs_rehash(LIGHT.hash(password))


def testDefaultCostsVerifyWithArgon2Cffi() -> None:
    stored = PasswordHasher(19456, 2, 1, None, []).hash("correct horse battery staple")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert argon2.PasswordHasher().verify(stored, "correct horse battery staple")


def testPepperIsTheSecretInputOfArgon2() -> None:
    hasher = PasswordHasher(64, 1, 1, PEPPER, [])
    *_, costs, salt, output = hasher.hash("password").split("$")
    fingerprint = hmacOf(PEPPER.encode(), b"k-crypto/1/pepper")[:6]
    assert costs == f"m=64,t=1,p=1,keyid={base64.b64encode(fingerprint).decode()}"
    assert unpadded(output) == pepperedHash("password", unpadded(salt))


@given(st.binary(), st.data())
def testAnyChangedByteIsRefused(text: bytes, data: st.DataObject) -> None:
    ciphertext, salt, nonce, keyId = RING.seal(text, CONTEXT)
    parts = bytearray(ciphertext + salt + nonce)
    place = data.draw(st.integers(0, len(parts) - 1))
    parts[place] ^= data.draw(st.integers(1, 255))
    end = len(ciphertext)
    with pytest.raises(CryptoError, match=r"^the record cannot be opened$"):
        RING.open(bytes(parts[:end]), bytes(parts[end : end + 16]), bytes(parts[end + 16 :]), keyId, CONTEXT)


@given(st.binary(max_size=64), st.binary(max_size=20), st.binary(max_size=20), st.integers(), st.binary(max_size=8))
def testForeignPartsAreRefused(ciphertext: bytes, salt: bytes, nonce: bytes, keyId: int, context: bytes) -> None:
    with pytest.raises(CryptoError):
        RING.open(ciphertext, salt, nonce, keyId, context)


@given(st.text(), st.text())
def testForeignTokensAreRefused(token: str, context: str) -> None:
    for candidate in (token, "k1.2." + token):
        with pytest.raises(CryptoError):
            RING.openText(candidate, context)


@pytest.mark.parametrize("token", MALFORMED_TOKENS)
def testMalformedTokensAreRefused(token: str) -> None:
    for read in (unpackRecord, lambda text: RING.openText(text, "user:1")):
        with pytest.raises(CryptoError):
            read(token)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(min_size=1), st.text(min_size=1))
def testAnotherContextOpensNothing(text: str, context: str, other: str) -> None:
    assume(context != other)
    sealed = RING.sealText(text, context)
    assert RING.openText(sealed, context) == text
    with pytest.raises(CryptoError) as refusal:
        RING.openText(sealed, other)
    assert refusal.value.code == "crypto.recordRefused"
    assert text not in str(refusal.value) or text in "the record cannot be opened"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: RING.sealText("\ud800", "context"), "crypto.argumentInvalid"),
        (lambda: RING.sealText("text", ""), "crypto.argumentInvalid"),
        (lambda: RING.sealTexts([("text", "context"), ("text", "")]), "crypto.argumentInvalid"),
        (lambda: RING.openText(RING.sealText("text", "context"), "\ud800"), "crypto.argumentInvalid"),
        (lambda: RING.open(b"c" * 20, b"s" * 16, b"n" * 12, 9, b"context"), "crypto.keyUnknown"),
        (lambda: RING.open(b"c" * 20, b"s" * 16, b"n" * 12, 70_000, b"context"), "crypto.keyUnknown"),
        (lambda: RING.blindIndex(b"text", "", 1), "crypto.argumentInvalid"),
        (lambda: KeyRing(1, {1: "short"}), "crypto.argumentInvalid"),
        (lambda: KeyRing(1, {}), "crypto.keyUnknown"),
        (lambda: KeyRing(0, {0: FIRST_KEY}), "crypto.argumentInvalid"),
        (lambda: AeadKey(b"short"), "crypto.argumentInvalid"),
        (lambda: AeadKey(b"k" * 32).seal(b"short", b"text", b""), "crypto.argumentInvalid"),
        (lambda: AeadKey(b"k" * 32).open(b"n" * 12, b"short", b""), "crypto.recordRefused"),
        (lambda: packRecord(b"c" * 16, b"short", b"n" * 12, 1), "crypto.recordRefused"),
        (lambda: PasswordHasher(1, 1, 1, None, []), "crypto.argumentInvalid"),
        (lambda: PasswordHasher(64, 1, 1, "short", []), "crypto.argumentInvalid"),
        (lambda: LIGHT.verify("password", "$2b$12$abcdefghijklmnopqrstuv"), "crypto.hashMalformed"),
        (lambda: LIGHT.needsRehash(""), "crypto.hashMalformed"),
        (lambda: LIGHT.verify("p", PasswordHasher(64, 1, 1, PEPPER, []).hash("p")), "crypto.keyUnknown"),
        (lambda: randomToken(8), "crypto.argumentInvalid"),
    ],
)
def testEveryRefusalIsTheOneTypedError(call: Callable[[], object], code: str) -> None:
    with pytest.raises(CryptoError) as refusal:
        call()
    assert refusal.value.code == code


def testAListIsSealedAndOpenedInOneCall() -> None:
    texts = [(f"text {number}", f"user:{number}") for number in range(100)]
    sealed = RING.sealTexts(texts)
    assert len(set(sealed)) == len(texts)
    contexts = [context for _, context in texts]
    assert RING.openTexts(list(zip(sealed, contexts, strict=True))) == [text for text, _ in texts]
    assert RING.openTexts([]) == RING.sealTexts([]) == []


def testAListNamesTheRecordThatDoesNotOpen() -> None:
    sealed = RING.sealTexts([("a", "1"), ("b", "2")])
    with pytest.raises(CryptoError, match=r"^record 1 of the list cannot be opened$"):
        RING.openTexts([(sealed[0], "1"), (sealed[1], "1")])


def testTokensAreThePartsInOneColumn() -> None:
    parts = RING.seal(b"text", CONTEXT)
    assert unpackRecord(packRecord(*parts)) == parts
    assert RING.openText(packRecord(*parts), CONTEXT.decode()) == "text"


def testRandomTokensDiffer() -> None:
    tokens = {randomToken(32) for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


@given(st.binary(), st.binary())
def testComparisonIsEquality(left: bytes, right: bytes) -> None:
    assert constantTimeEqual(left, right) == (left == right)
    assert constantTimeEqual(left, bytes(left))


def longestPauseDuring(work: Callable[[], object]) -> tuple[float, float]:
    """The longest time this thread stood still while another one did the work, and how long the work took."""
    took: list[float] = []

    def timed() -> None:
        startedAt = time.perf_counter()
        work()
        took.append(time.perf_counter() - startedAt)

    worker = threading.Thread(target=timed)
    longest, last = 0.0, time.perf_counter()
    worker.start()
    while worker.is_alive():
        time.sleep(0.0005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    worker.join()
    return longest, took[0]


SLOW_WORK: dict[str, Callable[[], object]] = {
    "hash": lambda: PasswordHasher(64 * 1024, 6, 1, None, []).hash("password"),
    "stretch": lambda: KeyRing(1, {1: FIRST_KEY, 2: SECOND_KEY}),
    "batch": lambda: RING.sealTexts([("x" * 1000, "context")] * 100_000),
}


@pytest.mark.parametrize("name", SLOW_WORK)
def testSlowWorkLeavesOtherThreadsRunning(name: str) -> None:
    longest, took = min(longestPauseDuring(SLOW_WORK[name]) for _ in range(3))
    assert longest < took / 2
