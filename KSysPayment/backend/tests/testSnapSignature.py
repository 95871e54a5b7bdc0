"""Every published vector, in both directions, and every published mistake."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from KSysPayment.backend.infrastructure.bri.snapSignature import (
    KeyUnusableError,
    isHmacSignature,
    isRsaSignature,
    loadPrivateKey,
    loadPublicKey,
    minify,
    readTime,
    signHmac,
    signRsa,
    tokenStringToSign,
    transactionStringToSign,
)

VECTORS: Final = json.loads((Path(__file__).parent / "vectors" / "briSnapVectors.json").read_text(encoding="utf-8"))
ASYMMETRIC: Final = [vector for vector in VECTORS["vectors"] if vector["kind"] == "asymmetric"]
SNAP_HMAC: Final = [vector for vector in VECTORS["vectors"] if vector["kind"] != "asymmetric"]
MISTAKES: Final = VECTORS["wrongResultsForVaCreate"]["cases"]
DOUBLE_HEX: Final = "inboundQrisNotifyHmacDoubleHex"


jsonValues = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def toPem(jwk: dict[str, str]) -> str:
    values = {
        name: int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
        for name, text in jwk.items()
        if name != "kty"
    }
    numbers = rsa.RSAPrivateNumbers(
        p=values["p"],
        q=values["q"],
        d=values["d"],
        dmp1=values["dp"],
        dmq1=values["dq"],
        iqmp=values["qi"],
        public_numbers=rsa.RSAPublicNumbers(values["e"], values["n"]),
    )
    return (
        numbers.private_key()
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        .decode()
    )


def named(vector: dict[str, str]) -> str:
    return vector.get("id") or vector["mistake"][:40]


@pytest.mark.parametrize("vector", ASYMMETRIC, ids=named)
def testRsaVector(vector: dict[str, str]) -> None:
    keys = VECTORS["keys"][vector["signingKey"]]
    text = tokenStringToSign(vector["clientKey"], vector["timestamp"])
    signature = signRsa(loadPrivateKey(toPem(keys["testKeyJwk"])), vector["stringToSign"])
    public = loadPublicKey(keys["publicKeySpkiPem"])
    assert signature == vector["signatureBase64"]
    assert isRsaSignature(public, vector["stringToSign"], vector["signatureBase64"])
    assert not isRsaSignature(public, vector["stringToSign"] + " ", vector["signatureBase64"])
    assert "|" not in vector["stringToSign"] or text == vector["stringToSign"]


@pytest.mark.parametrize("vector", [v for v in SNAP_HMAC if v["id"] != DOUBLE_HEX], ids=named)
def testHmacVector(vector: dict[str, str]) -> None:
    body = vector["body"].encode()
    text = transactionStringToSign(vector["method"], vector["path"], vector["accessToken"], body, vector["timestamp"])
    assert text == vector["stringToSign"]
    assert signHmac(vector["secret"], text, "hex") == vector["signatureHex"]
    assert signHmac(vector["secret"], text, "base64") == vector["signatureBase64"]
    for signature in (vector["signatureHex"], vector["signatureHex"].upper(), vector["signatureBase64"]):
        assert isHmacSignature(vector["secret"], text, signature)
    if "wireBody" in vector:
        assert minify(vector["wireBody"].encode()) == body
    assert minify(body) == body


@pytest.mark.parametrize("mistake", MISTAKES, ids=named)
def testPublishedMistakeIsRefused(mistake: dict[str, str]) -> None:
    right = next(vector for vector in SNAP_HMAC if vector["id"] == "vaCreate")
    text = transactionStringToSign(
        right["method"], right["path"], right["accessToken"], right["body"].encode(), right["timestamp"]
    )
    offered = [mistake[name] for name in ("signatureHex", "signatureBase64") if name in mistake]
    assert offered
    for signature in offered:
        assert not isHmacSignature(right["secret"], text, signature)


@pytest.mark.parametrize("signature", ["", "zz", "0" * 127, "0" * 128, "=" * 88, "\u00e9" * 128, "A" * 88])
def testRubbishIsNoSignature(signature: str) -> None:
    assert not isHmacSignature("secret", "text", signature)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def testMinifyingPrettyJsonGivesTheCompactText(value: object) -> None:
    pretty = json.dumps(value, indent=3, ensure_ascii=False).encode("utf-8", "surrogatepass")
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert minify(pretty) == compact


def testSpacesInsideStringsStay() -> None:
    assert minify(b'{ "a" : "   22084 \\" x" }') == b'{"a":"   22084 \\" x"}'


@pytest.mark.parametrize(
    "text", ["2026-01-15T10:30:00", "2026-01-15 10:30:00+07:00", "yesterday", "", "2026-13-15T10:30:00Z"]
)
def testTimeWithoutAnOffsetIsNoTime(text: str) -> None:
    assert readTime(text) is None


@pytest.mark.parametrize(
    "text", ["2026-01-15T10:30:00+07:00", "2026-01-15T10:30:00.123+07:00", "2026-01-15T03:30:00.5Z"]
)
def testTimesAsTheBankWritesThemAreRead(text: str) -> None:
    assert readTime(text) is not None


def testShortKeysAreRefused() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - short on purpose
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    with pytest.raises(KeyUnusableError):
        loadPrivateKey(pem)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(KeyUnusableError):
        loadPublicKey(public.decode())


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 32_000, b'"' * 65_001, b"\\" * 65_000, b'" ' * 32_000 + b'"'])
def testMinifyingTakesNoLongerTheWorseTheBodyIs(body: bytes) -> None:
    startedAt = time.perf_counter()
    minify(body)
    assert time.perf_counter() - startedAt < 1


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "2026-02-30T00:00:00Z"])
def testTimeOutsideOfTheCalendarIsNoTime(text: str) -> None:
    assert readTime(text) is None
