from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import itertools
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from KSysPayment.simulator.clock import toHeaderTime
from KSysPayment.simulator.snap.incomingCall import IncomingCall
from KSysPayment.simulator.tests.merchantCaller import JsonObject, MerchantCaller
from KSysPayment.simulator.tests.vectors import VECTORS, VectorBank, openVectorBank

TOKEN = VECTORS.credentials["accessToken"]
PATHS = {
    "/snap/v1.0/transfer-va/create-va": "POST",
    "/snap/v1.0/transfer-va/update-va": "PUT",
    "/snap/v1.0/transfer-va/update-status": "PUT",
    "/snap/v1.0/transfer-va/inquiry-va": "POST",
    "/snap/v1.0/transfer-va/delete-va": "DELETE",
    "/snap/v1.0/transfer-va/status": "POST",
    "/snap/v1.0/transfer-va/report": "POST",
}
WHOLE: JsonObject = {
    **json.loads(VECTORS.named("vaCreate").body),
    "paidStatus": "Y",
    "inquiryRequestId": "i",
    "startDate": "2026-01-15",
    "startTime": "00:00:00+07:00",
    "endTime": "23:59:59+07:00",
}
strangeTexts = st.sampled_from(
    [
        "",
        " ",
        "\ud800",
        "\x00",
        "é",
        "٣",
        "9" * 400,
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "2026-01-15",
    ]
)
strangeValues = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | strangeTexts | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
fieldNames = st.sampled_from([*WHOLE, "totalAmount.value", "totalAmount.currency", "additionalInfo.description"])
externalIds = itertools.count(1)


@pytest.fixture(name="vectorBank", scope="module")
def provideVectorBank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorBank]:
    directory: Path = tmp_path_factory.mktemp("robustness")
    vectorBank = openVectorBank(directory, SIMULATOR_TOKEN_LIFETIME_SECONDS="100000")
    vectorBank.acceptToken(TOKEN)
    yield vectorBank
    vectorBank.bank.state.close()


def withField(body: JsonObject, path: str, value: JsonValue) -> JsonObject:
    changed = copy.deepcopy(body)
    *objects, name = path.split(".")
    place = changed
    for step in objects:
        inner = place[step]
        if not isinstance(inner, dict):
            return changed
        place = inner
    place[name] = value
    return changed


def signedCall(vectorBank: VectorBank, path: str, body: bytes) -> IncomingCall:
    timestamp = toHeaderTime(vectorBank.clock.now())
    text = f"{PATHS[path]}:{path}:{TOKEN}:{hashlib.sha256(body).hexdigest()}:{timestamp}"
    signature = hmac.new(VECTORS.credentials["clientSecret"].encode(), text.encode(), hashlib.sha512).hexdigest()
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {TOKEN}",
        "x-timestamp": timestamp,
        "x-signature": signature,
        "x-partner-id": VECTORS.credentials["partnerId"],
        "channel-id": VECTORS.credentials["channelId"],
        "x-external-id": f"{next(externalIds):09d}",
    }
    return IncomingCall(PATHS[path], path, headers, body)


def statusOf(vectorBank: VectorBank, path: str, body: bytes) -> int:
    runner = asyncio.new_event_loop()
    try:
        reply = runner.run_until_complete(
            vectorBank.bank.desk.answer(signedCall(vectorBank, path, body), f"http://bank{path}")
        )
    finally:
        runner.close()
    content = json.loads(reply.body)
    assert len(content["responseCode"]) == 7
    assert len(content["responseMessage"]) <= 150
    return reply.status


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from(list(PATHS)),
    changes=st.lists(st.tuples(fieldNames, strangeValues), min_size=1, max_size=3),
)
def testNoFieldBreaksTheBank(vectorBank: VectorBank, path: str, changes: list[tuple[str, JsonValue]]) -> None:
    body = WHOLE
    for field, value in changes:
        body = withField(body, field, value)
    assert statusOf(vectorBank, path, json.dumps(body).encode()) < 500


@settings(max_examples=100, deadline=None)
@given(path=st.sampled_from(list(PATHS)), body=st.binary(max_size=64) | st.just(b"[" * 60000))
def testNoBytesBreakTheBank(vectorBank: VectorBank, path: str, body: bytes) -> None:
    assert statusOf(vectorBank, path, body) < 500


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /snap/v1.0/transfer-va/create-va HTTP/1.1\r\nHost: [\r\nContent-Length: 0\r\n\r\n",
        b"POST /snap/%ff%00?a=%zz HTTP/1.1\r\nHost: x\r\nX-SIGNATURE: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /snap/v1.0/access-token/b2b HTTP/1.1\r\nX-TIMESTAMP: \xe9\r\nX-CLIENT-KEY: \xe9\r\n"
        b"Content-Type: application/json\r\nX-SIGNATURE: \xe9\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def testNoRequestLineBreaksTheBank(caller: MerchantCaller, request_: bytes) -> None:
    address = urlsplit(caller.simulator.baseUrl)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=5) as connection:
        connection.sendall(request_)
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 4"), answer
    assert caller.create()
