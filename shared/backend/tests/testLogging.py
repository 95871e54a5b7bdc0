from __future__ import annotations

import json
import re
from typing import Annotated

import pytest
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from shared.backend.http.requestContext import RequestContext, currentRequest
from shared.backend.loggingFactory import REDACTED, SystemLogger, UserLogger, configureLogging


def linesOf(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def testALineNamesTimeCategoryTypeLabelMessageAndTheRequest(capsys: pytest.CaptureFixture[str]) -> None:
    configureLogging("INFO", "json")
    token = currentRequest.set(RequestContext(requestId="request-12345", clientIp="203.0.113.9"))
    SystemLogger("kauth").security.warning("auth.loginFailed", "a wrong password", userId="u1")
    currentRequest.reset(token)
    (line,) = linesOf(capsys)
    assert isinstance(line["timestampMs"], int)
    assert line["timestampMs"] > 1_700_000_000_000
    assert line["category"] == "security"
    assert line["type"] == "system"
    assert line["label"] == "auth.loginFailed"
    assert line["message"] == "a wrong password"
    assert line["level"] == "warning"
    assert line["requestId"] == "request-12345"
    assert line["userId"] == "u1"


def testSecretsAndPersonalDataNeverReachTheLog(capsys: pytest.CaptureFixture[str]) -> None:
    configureLogging("INFO", "json")
    UserLogger("kauth").audit.info(
        "user.changed",
        "see postgresql://k:hunter2@db and Bearer abc.def",
        password="hunter2",
        accessToken="abc.def",
        email="budi@example.com",
        nested={"clientSecret": "hunter2", "kept": 1},
    )
    output = capsys.readouterr().out
    assert "hunter2" not in output
    assert "abc.def" not in output
    assert "budi@example.com" not in output
    line = json.loads(output)
    assert line["password"] == REDACTED
    assert line["nested"] == {"clientSecret": REDACTED, "kept": 1}


def testAnErrorLineHasTypeMessageAndStack(capsys: pytest.CaptureFixture[str]) -> None:
    configureLogging("INFO", "json")
    try:
        raise ValueError("first line\nparameters: secret")
    except ValueError as error:
        SystemLogger("kauth").error.error("work.failed", "it broke", exception=error)
    (line,) = linesOf(capsys)
    described = line["error"]
    assert isinstance(described, dict)
    assert described["type"] == "ValueError"
    assert described["message"] == "first line"
    assert "testLogging" in str(described["stack"])


def testAnAddressInSomebodyElsesMessageNeverReachesTheLog(capsys: pytest.CaptureFixture[str]) -> None:
    """Mail servers repeat the receiver in their refusals."""
    configureLogging("INFO", "json")
    refusal = (
        "[SMTPRecipientRefused(550, '5.1.1 <budi.s+k@mail.example.com> user unknown', 'budi.s+k@mail.example.com')]"
    )
    SystemLogger("outbox").error.error(
        "outbox.postponed", "auth.mail", exception=RuntimeError(refusal), tried=["budi.s+k@mail.example.com"]
    )
    output = capsys.readouterr().out
    assert "budi" not in output
    assert "mail.example.com" not in output
    assert "user unknown" in output


def testLinesBelowTheLevelAreNotWritten(capsys: pytest.CaptureFixture[str]) -> None:
    configureLogging("ERROR", "json")
    SystemLogger("kauth").application.info("nothing.happened")
    assert capsys.readouterr().out == ""


def testALineForPeopleBeginsWithATimeTheyCanRead(capsys: pytest.CaptureFixture[str]) -> None:
    configureLogging("INFO", "console")
    SystemLogger("kauth").application.info("server.started", "K")
    line = capsys.readouterr().out
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \[info", line), line
    assert "timestampMs" not in line


def testAStackNamesOurOwnLinesAndTheLastOneOnly(capsys: pytest.CaptureFixture[str]) -> None:
    """An outage writes one such line for every request: with every layer of every library it would fill the disk."""
    configureLogging("INFO", "json")
    with pytest.raises(ValidationError) as caught:
        _throughALibrary()
    SystemLogger("kauth").error.error("work.failed", "it broke", exception=caught.value)
    (line,) = linesOf(capsys)
    described = line["error"]
    assert isinstance(described, dict)
    stack = str(described["stack"])
    assert "_throughALibrary" in stack
    assert "_ours" in stack
    assert "site-packages" in stack.rpartition("File")[2]
    assert stack.count("site-packages") == 1


def _throughALibrary() -> None:
    TypeAdapter(Annotated[int, BeforeValidator(_ours)]).validate_python("a")


def _ours(value: object) -> object:
    return TypeAdapter(list[int]).validate_python(value)
