from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from KSysPayment.simulator.snap.incomingCall import IncomingCall
from KSysPayment.simulator.tests.vectors import VECTORS, VectorBank, WrongCase, openVectorBank, toCall, toTokenCall

CREATE = VECTORS.named("vaCreate")
MANDATORY_HEADERS = ["Content-Type", "X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "CHANNEL-ID", "X-EXTERNAL-ID"]


@pytest_asyncio.fixture(name="vectorBank")
async def provideVectorBank(tmp_path: Path) -> AsyncIterator[VectorBank]:
    vectorBank = openVectorBank(tmp_path)
    vectorBank.acceptToken(CREATE.accessToken)
    yield vectorBank
    await vectorBank.bank.close()


async def answerTo(vectorBank: VectorBank, call: IncomingCall) -> tuple[int, dict[str, str]]:
    reply = await vectorBank.bank.desk.answer(call, f"http://bank{call.path}")
    return reply.status, json.loads(reply.body)


async def codeOf(vectorBank: VectorBank, call: IncomingCall) -> str:
    status, content = await answerTo(vectorBank, call)
    code = content["responseCode"]
    assert code.startswith(str(status))
    return code


def without(call: IncomingCall, header: str) -> IncomingCall:
    return replace(call, headers={name: value for name, value in call.headers.items() if name != header.lower()})


def changed(call: IncomingCall, header: str, value: str) -> IncomingCall:
    return replace(call, headers={**call.headers, header.lower(): value})


async def testTheVectorsLiveOneLifeOfAnAccount(vectorBank: VectorBank) -> None:
    codes: list[str] = []
    for number, name in enumerate(["vaCreate", "vaUpdateStatus", "vaInquiryStatus", "vaDelete"]):
        vector = VECTORS.named(name)
        vectorBank.moveTo(vector.timestamp)
        signature = vector.signatureHex if number % 2 == 0 else vector.signatureBase64
        codes.append(await codeOf(vectorBank, toCall(vector, signature, externalId=f"{number:09d}")))
    assert codes == ["2002700", "2002900", "2002600", "2003100"]


async def testUtf8AndSlashesAreSignedAsTheyAreSent(vectorBank: VectorBank) -> None:
    vector = VECTORS.named("nonAsciiAndSlash")
    vectorBank.moveTo(vector.timestamp)
    assert await codeOf(vectorBank, toCall(vector)) == "2002700"


@pytest.mark.parametrize("name", ["tokenRequest", "tokenRequestUtc"])
async def testTheTokenVectorsGetAToken(vectorBank: VectorBank, name: str) -> None:
    vector = VECTORS.named(name)
    vectorBank.moveTo(vector.timestamp)
    status, content = await answerTo(vectorBank, toTokenCall(vector))
    assert status == 200
    assert content["tokenType"] == "BearerToken"
    assert content["expiresIn"] == "899"
    assert len(content["accessToken"]) == 28
    assert "responseCode" not in content


async def testATokenRequestSignedByAnotherIsRefused(vectorBank: VectorBank) -> None:
    vector = VECTORS.named("tokenRequest")
    vectorBank.moveTo(vector.timestamp)
    foreign = VECTORS.named("inboundTokenRequest").signatureBase64
    assert await codeOf(vectorBank, toTokenCall(vector, foreign)) == "4017300"
    assert await codeOf(vectorBank, changed(toTokenCall(vector), "X-CLIENT-KEY", "SOMEBODY")) == "4017300"


@pytest.mark.parametrize("header", ["Content-Type", "X-CLIENT-KEY", "X-TIMESTAMP", "X-SIGNATURE"])
async def testATokenRequestNeedsItsHeaders(vectorBank: VectorBank, header: str) -> None:
    vector = VECTORS.named("tokenRequest")
    vectorBank.moveTo(vector.timestamp)
    status, content = await answerTo(vectorBank, without(toTokenCall(vector), header))
    assert (status, content["responseCode"]) == (400, "4007302")
    assert content["responseMessage"] == f"Invalid Mandatory Field {header}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "4007300"),
        (b"[]", "4007300"),
        (b"\xff", "4007300"),
        (b'{"a":NaN}', "4007300"),
        (b"{}", "4007302"),
        (b'{"grantType":"password"}', "4007301"),
    ],
)
async def testATokenRequestNeedsItsBody(vectorBank: VectorBank, body: bytes, code: str) -> None:
    vector = VECTORS.named("tokenRequest")
    vectorBank.moveTo(vector.timestamp)
    assert await codeOf(vectorBank, replace(toTokenCall(vector), body=body)) == code


@pytest.mark.parametrize("case", VECTORS.wrongResultsForVaCreate.cases, ids=lambda case: case.mistake)
async def testEveryWrongSignatureIsRefusedAndLogged(vectorBank: VectorBank, case: WrongCase) -> None:
    assert await codeOf(vectorBank, toCall(CREATE, case.signatureHex)) == "4012700"
    assert await codeOf(vectorBank, toCall(CREATE, case.signatureBase64)) == "4012700"
    logged = vectorBank.bank.state.exchanges.listNewest(1)[0]
    assert (logged.verdict, logged.stringToSign) == ("refused", CREATE.stringToSign)
    assert await codeOf(vectorBank, toCall(CREATE)) == "2002700"


async def testAPrettyBodyMayBeSignedOverItsMinifiedForm(vectorBank: VectorBank) -> None:
    pretty = json.dumps(json.loads(CREATE.body), indent=2, ensure_ascii=False)
    assert await codeOf(vectorBank, toCall(CREATE.model_copy(update={"wireBody": pretty}))) == "2002700"
    assert vectorBank.bank.state.exchanges.listNewest(1)[0].reason == "signature good over the minified body"


async def testAChangedBodyIsRefused(vectorBank: VectorBank) -> None:
    body = CREATE.body.replace("12345.00", "12346.00")
    assert await codeOf(vectorBank, toCall(CREATE.model_copy(update={"wireBody": body}))) == "4012700"


@pytest.mark.parametrize("header", MANDATORY_HEADERS)
async def testATransactionNeedsItsHeaders(vectorBank: VectorBank, header: str) -> None:
    _, content = await answerTo(vectorBank, without(toCall(CREATE), header))
    assert content["responseCode"] == "4002702"
    assert content["responseMessage"] == f"Invalid Mandatory Field {header}"


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("X-TIMESTAMP", "2026-01-15T10:31:00.456", "4002701"),
        ("X-TIMESTAMP", "2026-02-30T10:31:00+07:00", "4002701"),
        ("X-TIMESTAMP", "yesterday", "4002701"),
        ("Content-Type", "text/plain", "4002701"),
        ("X-EXTERNAL-ID", "12345678", "4002701"),
        ("X-EXTERNAL-ID", "1234567890", "4002701"),
        ("X-EXTERNAL-ID", "12345678a", "4002701"),
        ("CHANNEL-ID", "9", "4002701"),
        ("CHANNEL-ID", "00008", "4012700"),
        ("X-PARTNER-ID", "OTHER", "4012700"),
        ("X-PARTNER-ID", "P" * 37, "4002701"),
        ("Authorization", "", "4012701"),
        ("Authorization", "Bearer unknown", "4012701"),
        ("Authorization", "TestAccessToken0123456789AbC", "4012701"),
    ],
)
async def testBadHeadersAreRefused(vectorBank: VectorBank, header: str, value: str, code: str) -> None:
    assert await codeOf(vectorBank, changed(toCall(CREATE), header, value)) == code


@pytest.mark.parametrize(
    ("seconds", "code"), [(-300, "2002700"), (300, "2002700"), (-301, "4012700"), (301, "4012700"), (600, "4012700")]
)
async def testTheClockMayDifferByFiveMinutes(vectorBank: VectorBank, seconds: int, code: str) -> None:
    vectorBank.moveTo(CREATE.timestamp, timedelta(seconds=seconds))
    assert await codeOf(vectorBank, toCall(CREATE)) == code


@pytest.mark.parametrize(("seconds", "code"), [(898, "2002700"), (899, "4012701"), (900, "4012701")])
async def testATokenLives899Seconds(tmp_path: Path, seconds: int, code: str) -> None:
    vectorBank = openVectorBank(tmp_path, SIMULATOR_TIMESTAMP_TOLERANCE_SECONDS="100000")
    vectorBank.acceptToken(CREATE.accessToken)
    vectorBank.moveTo(CREATE.timestamp, timedelta(seconds=seconds))
    assert await codeOf(vectorBank, toCall(CREATE)) == code
    await vectorBank.bank.close()


async def testARequestNumberIsGoodOnceADayInJakarta(tmp_path: Path) -> None:
    vectorBank = openVectorBank(tmp_path, SIMULATOR_TIMESTAMP_TOLERANCE_SECONDS="100000")
    vectorBank.moveTo("2026-01-15T23:59:30+07:00")
    vectorBank.acceptToken(CREATE.accessToken)
    status = VECTORS.named("vaInquiryStatus")
    assert await codeOf(vectorBank, toCall(CREATE)) == "2002700"
    assert await codeOf(vectorBank, toCall(status)) == "4092600", "the number counts across services"
    vectorBank.moveTo("2026-01-16T00:00:30+07:00")
    assert await codeOf(vectorBank, toCall(status)) == "2002600"
    await vectorBank.bank.close()


async def testARefusedSignatureDoesNotUseUpTheRequestNumber(vectorBank: VectorBank) -> None:
    assert await codeOf(vectorBank, toCall(CREATE, "00" * 64)) == "4012700"
    assert await codeOf(vectorBank, toCall(CREATE)) == "2002700"


async def testABodyBeyond64KibibytesIsRefused(vectorBank: VectorBank) -> None:
    assert await codeOf(vectorBank, replace(toCall(CREATE), body=b" " * 65537)) == "4002700"


async def testAnUnknownPathAndAWrongMethodAreRefused(vectorBank: VectorBank) -> None:
    assert await codeOf(vectorBank, replace(toCall(CREATE), path="/snap/v1.0/nothing")) == "4040000"
    assert await codeOf(vectorBank, replace(toCall(CREATE), method="PUT")) == "4052700"
