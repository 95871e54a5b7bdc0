from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from KSysPayment.simulator.snap.signing import (
    UnusableKeyError,
    isHmacSignature,
    isRsaSignature,
    loadPrivateKey,
    loadPublicKey,
    minify,
    signHmac,
    signRsa,
    tokenStringToSign,
    transactionStringToSign,
)
from KSysPayment.simulator.tests.vectors import ASYMMETRIC, SYMMETRIC, VECTORS, Vector, WrongCase

DOUBLE_HEX = "inboundQrisNotifyHmacDoubleHex"
SNAP_FORMULA = [vector for vector in SYMMETRIC if vector.id != DOUBLE_HEX]
WRONG = VECTORS.wrongResultsForVaCreate.cases

jsonValues = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def nameOf(vector: Vector) -> str:
    return vector.id


def testTheFileHoldsWhatThisTestExpects() -> None:
    assert (len(ASYMMETRIC), len(SYMMETRIC), len(WRONG)) == (4, 15, 10)


@pytest.mark.parametrize("vector", ASYMMETRIC, ids=nameOf)
def testTokenSignaturesAreMadeAndVerified(vector: Vector) -> None:
    pair = VECTORS.keys[vector.signingKey]
    text = tokenStringToSign(vector.clientKey, vector.timestamp)
    assert text == vector.stringToSign
    assert signRsa(loadPrivateKey(pair.toPrivatePem()), text) == vector.signatureBase64
    assert isRsaSignature(loadPublicKey(pair.publicKeySpkiPem), text, vector.signatureBase64)


@pytest.mark.parametrize("vector", ASYMMETRIC, ids=nameOf)
def testTokenSignaturesOfOthersAreRefused(vector: Vector) -> None:
    other = "bank" if vector.signingKey == "merchant" else "merchant"
    key = loadPublicKey(VECTORS.keys[vector.signingKey].publicKeySpkiPem)
    foreign = loadPublicKey(VECTORS.keys[other].publicKeySpkiPem)
    assert not isRsaSignature(foreign, vector.stringToSign, vector.signatureBase64)
    assert not isRsaSignature(key, vector.stringToSign + "0", vector.signatureBase64)
    assert not isRsaSignature(key, vector.stringToSign, "no base64")
    assert not isRsaSignature(key, vector.stringToSign, "")


@pytest.mark.parametrize("vector", SNAP_FORMULA, ids=nameOf)
def testTransactionSignaturesAreMadeAndVerified(vector: Vector) -> None:
    body = vector.body.encode()
    text = transactionStringToSign(vector.method, vector.path, vector.accessToken, body, vector.timestamp)
    assert hashlib.sha256(body).hexdigest() == vector.bodySha256
    assert text == vector.stringToSign
    assert signHmac(vector.secret, text, "hex") == vector.signatureHex
    assert signHmac(vector.secret, text, "base64") == vector.signatureBase64
    assert isHmacSignature(vector.secret, text, vector.signatureHex)
    assert isHmacSignature(vector.secret, text, vector.signatureBase64)
    assert isHmacSignature(vector.secret, text, vector.signatureHex.upper())


def testTheDoubleHexVariantIsAnotherStringUnderTheSameKey() -> None:
    vector = VECTORS.named(DOUBLE_HEX)
    assert signHmac(vector.secret, vector.stringToSign, "hex") == vector.signatureHex
    assert vector.stringToSign.split(":")[3] == vector.bodySha256.encode().hex()


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.mistake)
def testEveryWrongSignatureIsRefused(case: WrongCase) -> None:
    vector = VECTORS.named("vaCreate")
    text = transactionStringToSign(
        vector.method, vector.path, vector.accessToken, vector.body.encode(), vector.timestamp
    )
    assert not isHmacSignature(vector.secret, text, case.signatureHex)
    assert not isHmacSignature(vector.secret, text, case.signatureBase64)


def testAPrettyBodyMinifiesToTheSignedText() -> None:
    vector = VECTORS.named("inboundVaPaymentPretty")
    assert vector.wireBody is not None
    assert minify(vector.wireBody.encode()) == vector.body.encode()


@pytest.mark.parametrize(
    ("body", "minified"),
    [
        (b'{ "a" : "x  y" }', b'{"a":"x  y"}'),
        (b'{"a":"quote \\" , and \\\\" , "b":1.50}', b'{"a":"quote \\" , and \\\\","b":1.50}'),
        (b'{"b":1,\r\n\t"a":"caf\\u00e9\\/"}', b'{"b":1,"a":"caf\\u00e9\\/"}'),
        (b"", b""),
    ],
)
def testMinifyTouchesNothingButSpaceBetweenTokens(body: bytes, minified: bytes) -> None:
    assert minify(body) == minified


@given(value=jsonValues)
def testMinifyOfIndentedJsonIsCompactJson(value: JsonValue) -> None:
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    pretty = json.dumps(value, ensure_ascii=False, indent=3).encode("utf-8", "surrogatepass")
    assert minify(pretty) == compact
    assert minify(compact) == compact


@pytest.mark.parametrize("vector", SNAP_FORMULA, ids=nameOf)
def testASimulatorThatInsistsOnOneEncodingRefusesTheOther(vector: Vector) -> None:
    assert isHmacSignature(vector.secret, vector.stringToSign, vector.signatureHex, "hex")
    assert not isHmacSignature(vector.secret, vector.stringToSign, vector.signatureBase64, "hex")
    assert isHmacSignature(vector.secret, vector.stringToSign, vector.signatureBase64, "base64")
    assert not isHmacSignature(vector.secret, vector.stringToSign, vector.signatureHex, "base64")


@pytest.mark.parametrize("signature", ["", "ab", "zz" * 64, "é" * 128, "A" * 88, "A" * 87 + "="])
def testNonsenseIsNoSignature(signature: str) -> None:
    assert not isHmacSignature("secret", "text", signature)


def testKeysThatAreTooShortAreRefused() -> None:
    pem = subprocess.run(["openssl", "genrsa", "1024"], capture_output=True, check=True)
    with pytest.raises(UnusableKeyError):
        loadPrivateKey(pem.stdout.decode())


@pytest.mark.parametrize("vector", SNAP_FORMULA, ids=nameOf)
def testOpensslMakesTheSameHmac(vector: Vector) -> None:
    bodyHash = runOpenssl(["dgst", "-sha256", "-r"], vector.body.encode()).split()[0].decode()
    text = f"{vector.method}:{vector.path}:{vector.accessToken}:{bodyHash}:{vector.timestamp}"
    digest = runOpenssl(["dgst", "-sha512", "-hmac", vector.secret, "-r"], text.encode()).split()[0].decode()
    assert digest == vector.signatureHex
    assert isHmacSignature(vector.secret, text, digest)


@pytest.mark.parametrize("vector", ASYMMETRIC, ids=nameOf)
def testOpensslSignsWhatTheSimulatorVerifies(vector: Vector, tmp_path: Path) -> None:
    pair = VECTORS.keys[vector.signingKey]
    keyFile = tmp_path / "key.pem"
    keyFile.write_text(pair.toPrivatePem(), encoding="utf-8")
    signature = runOpenssl(["dgst", "-sha256", "-sign", str(keyFile)], vector.stringToSign.encode())
    encoded = runOpenssl(["base64", "-A"], signature).decode().strip()
    assert encoded == vector.signatureBase64
    assert isRsaSignature(loadPublicKey(pair.publicKeySpkiPem), vector.stringToSign, encoded)


def testOpensslVerifiesWhatTheSimulatorSigns(tmp_path: Path) -> None:
    pair = VECTORS.keys["bank"]
    keyFile, textFile, signatureFile = tmp_path / "public.pem", tmp_path / "text", tmp_path / "signature"
    keyFile.write_text(pair.publicKeySpkiPem, encoding="utf-8")
    text = tokenStringToSign("client", "2026-01-15T10:30:00+07:00")
    textFile.write_text(text, encoding="utf-8")
    encoded = signRsa(loadPrivateKey(pair.toPrivatePem()), text)
    signatureFile.write_bytes(runOpenssl(["base64", "-d", "-A"], encoded.encode()))
    verified = runOpenssl(
        ["dgst", "-sha256", "-verify", str(keyFile), "-signature", str(signatureFile), str(textFile)], b""
    )
    assert b"Verified OK" in verified


def runOpenssl(arguments: list[str], given: bytes) -> bytes:
    """What the openssl program says."""
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout
