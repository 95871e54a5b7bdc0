from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from KSysPayment.backend.domain.models.bankCall import CallOutcome
from KSysPayment.backend.infrastructure.bri.briOptions import CREATE_VA
from KSysPayment.backend.infrastructure.bri.briTransport import maskHeaders, readReply
from KSysPayment.backend.infrastructure.bri.responseTable import outcomeOf


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (200, "2002700", CallOutcome.OK),
        (400, "4002701", CallOutcome.REJECTED),
        (404, "4042716", CallOutcome.REJECTED),
        (202, "2022700", CallOutcome.UNKNOWN),
        (403, "4032716", CallOutcome.UNKNOWN),
        (409, "4092700", CallOutcome.UNKNOWN),
        (429, "4292700", CallOutcome.UNKNOWN),
        (500, "5002700", CallOutcome.UNKNOWN),
        (504, "5042700", CallOutcome.UNKNOWN),
        (401, "4012701", CallOutcome.UNKNOWN),
        (200, "4002700", CallOutcome.UNKNOWN),
        (200, "2002600", CallOutcome.UNKNOWN),
        (400, "4002799", CallOutcome.UNKNOWN),
        (200, "", CallOutcome.UNKNOWN),
    ],
)
def testListedCodes(status: int, code: str, outcome: CallOutcome) -> None:
    assert outcomeOf(status, code, "27") is outcome


@given(st.integers(100, 599), st.text(max_size=9))
def testWhatIsNotListedIsUnknown(status: int, code: str) -> None:
    outcome = outcomeOf(status, code, "27")
    isListed = len(code) == 7 and code.isdecimal() and code[3:5] == "27" and code[:3] == str(status)
    assert outcome is CallOutcome.UNKNOWN or isListed


@pytest.mark.parametrize("raw", [b"", b"<html></html>", b"[]", b"null", b"\xff", b'{"responseCode":', b"[" * 100_000])
def testUnreadableAnswerIsUnknown(raw: bytes) -> None:
    assert readReply(200, raw, CREATE_VA).outcome is CallOutcome.UNKNOWN


@pytest.mark.parametrize("raw", [b'{"responseCode":2002700}', b'{\n "responseCode" : "2002700", "new": 1.5 }'])
def testNumbersSpacesAndNewFieldsAreNoHindrance(raw: bytes) -> None:
    assert readReply(200, raw, CREATE_VA).outcome is CallOutcome.OK


def testSecretsAreMasked() -> None:
    masked = maskHeaders({"Authorization": "Bearer abc", "X-SIGNATURE": "s", "CHANNEL-ID": "00009"})
    assert masked == {"Authorization": "***", "X-SIGNATURE": "***", "CHANNEL-ID": "00009"}
