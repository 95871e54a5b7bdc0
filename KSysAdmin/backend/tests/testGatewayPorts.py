"""What the gateways are asked on their private ports: trying limits out, replaying the log, counters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from admin_server import AdminServerSettings
from KSysAdmin.backend.application.input.simulationInputs import ReplayInput
from KSysAdmin.backend.domain.exceptions.settingErrors import GatewayLogMissingError
from KSysAdmin.backend.infrastructure.gateway.gatewayLogFiles import GatewayLogFiles
from KSysAdmin.backend.infrastructure.gateway.metricLines import nodeFrom
from KSysAdmin.backend.tests.conftest import Person
from KSysAdmin.backend.tests.scriptedPort import ScriptedPort, openScriptedPort

POLICY = {"name": "Tried", "path": "/api/tried", "match": "exact", "scope": "ip", "limit": 5, "windowSeconds": 60}
TRAFFIC = {
    "method": "POST",
    "path": "/api/tried",
    "caller": {"address": "203.0.113.7"},
    "ratePerSecond": 2,
    "seconds": 30,
}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
METRICS = """\
# TYPE gateway_limit_total counter
gateway_limit_total{policy="%(id)s",outcome="allowed"} 40
gateway_limit_total{policy="%(id)s",outcome="limited"} 2
gateway_limit_total{policy="default-login",outcome="shadowLimited"} 3
gateway_policies_version{worker="0"} 8
gateway_policies_version{worker="1"} 7
gateway_policies_refused_total 1
gateway_limit_source_total{source="redis"} 100
gateway_limit_source_total{source="penalty"} 6
gateway_breaker_open{worker="0"} 1
gateway_breaker_open{worker="1"} 0
gateway_request_seconds_bucket{route="a \\"b\\"",le="+Inf"} 9
gateway_redis_calls_total{outcome="answered"} NaN
"""


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[ScriptedPort]:
    async with openScriptedPort() as opened:
        yield opened


@pytest.fixture(scope="module")
def logFile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "gateway.log"


@pytest.fixture(scope="module")
def adminSettings(serverEnvironment: dict[str, object], port: ScriptedPort, logFile: Path) -> AdminServerSettings:
    """One gateway that answers as told, and one that is not there."""
    own = {"gatewayPrivateUrls": f"http://127.0.0.1:1, {port.url}", "gatewayLogFiles": str(logFile)}
    return AdminServerSettings.model_validate({**serverEnvironment, "publicBaseUrl": "http://gateway.test", **own})


@pytest.fixture(autouse=True)
def forgetAnswers(port: ScriptedPort) -> None:
    port.answers.clear()
    port.received.clear()


def aLine(at: datetime, verdict: str = "allowed", **changes: object) -> str:
    line = {
        "at": at.isoformat(),
        "type": "gateway.request",
        "requestId": "01",
        "method": "POST",
        "path": "/api/tried",
        "status": 429 if verdict == "limited" else 200,
        "clientAddress": "203.0.113.7",
        "verdict": verdict,
        "policy": "p",
    }
    return json.dumps(line | changes, separators=(",", ":"))


async def testASimulationAsksTheGatewayWithTheLimitsInForceAndTheChanges(boss: Person, port: ScriptedPort) -> None:
    stored = (await boss.post("/rate-limit-policies", POLICY)).json()
    item = {"policyId": stored["id"], "name": "Tried", "firstRefusedAtSeconds": 2.5, "refused": 55, "admitted": 5}
    answer = {"items": [item], "admitted": 5, "refused": 55}
    port.answers["/simulate"] = (200, json.dumps(answer).encode())

    body = {**TRAFFIC, "changedPolicies": [{**POLICY, "name": "One more", "limit": 1}]}
    simulated = await boss.post("/rate-limit-policies/simulate", body)

    assert simulated.status_code == 200, simulated.text
    assert simulated.json() == {**answer, "items": [{**item, "mode": "enforce"}]}
    asked = json.loads(port.received["/simulate"])
    assert {name: asked[name] for name in TRAFFIC} == TRAFFIC
    policies = {policy["id"]: policy["limit"] for policy in asked["document"]["policies"]}
    assert (policies[stored["id"]], policies["new-1"]) == (5, 1)
    assert asked["document"]["version"] == 0
    assert set(asked["document"]) == {"version", "policies", "addressLists", "penaltyBox"}

    body = {**TRAFFIC, "removedPolicies": [stored["id"]]}
    await boss.post("/rate-limit-policies/simulate", body)
    ids = [policy["id"] for policy in json.loads(port.received["/simulate"])["document"]["policies"]]
    assert stored["id"] not in ids


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "*"},
        {"path": "/api/tried?x=1"},
        {"caller": {"address": "nowhere"}},
        {"caller": {"address": "203.0.113.7", "user": "me"}},
        {"ratePerSecond": 0},
        {"ratePerSecond": 5_000},
        {"ratePerSecond": "NaN"},
        {"seconds": 0},
        {"changedPolicies": [{**POLICY, "limit": 0}]},
        {"surprise": 1},
    ],
)
async def testASimulationTakesOnlyWhatItCanPlay(boss: Person, port: ScriptedPort, wrong: dict[str, object]) -> None:
    answer = await boss.post("/rate-limit-policies/simulate", {**TRAFFIC, "seconds": 60, **wrong})
    assert answer.status_code == 422, answer.text
    assert port.received == {}


async def testAChangeOfALimitThatIsNotThereIsSaid(boss: Person) -> None:
    body = {**TRAFFIC, "removedPolicies": ["0192f0c1-2345-7abc-8def-0123456789ab"]}
    assert (await boss.post("/rate-limit-policies/simulate", body)).json()["code"] == "rateLimit.notFound"


async def testASetTheGatewayRefusesIsSaidWithItsReason(boss: Person, port: ScriptedPort) -> None:
    port.answers["/simulate"] = (422, b'{"error": "policy x: burst is not valid"}')
    answer = await boss.post("/rate-limit-policies/simulate", TRAFFIC)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "rateLimit.setRefused"
    assert answer.json()["detail"] == "policy x: burst is not valid"


@pytest.mark.parametrize("said", [(404, b""), (500, b"oops"), (200, b"<html>"), (200, b'{"items": 3}')])
async def testAGatewayThatCannotAnswerIsAway(boss: Person, port: ScriptedPort, said: tuple[int, bytes]) -> None:
    port.answers["/simulate"] = said
    answer = await boss.post("/rate-limit-policies/simulate", TRAFFIC)
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "gateway.away"
    assert answer.headers["retry-after"] == "1"


@pytest.fixture
def aDayOfLog(logFile: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - lines of the server's own day
    older = [aLine(now - timedelta(days=2)), aLine(now - timedelta(hours=3), "limited")]
    newer = [
        aLine(now - timedelta(hours=1), secret="s"),
        "2026/11/21 nginx says something",
        '{"type":"gateway.request"',
    ]
    logFile.with_name("gateway.log.1").write_text("\n".join(older) + "\n")
    logFile.write_text("\n".join(newer) + "\n")


@pytest.mark.usefixtures("aDayOfLog")
async def testTheLogIsReplayedAgainstOtherLimits(boss: Person, port: ScriptedPort) -> None:
    stored = (await boss.get("/rate-limit-policies", limit="1")).json()["items"][0]
    replayed = {"total": 2, "refused": 1, "byPolicy": [{"policyId": stored["id"], "refused": 1}]}
    port.answers["/replay"] = (200, json.dumps(replayed).encode())

    answer = await boss.post("/rate-limit-policies/replay", {"changedPolicies": [{**POLICY, "name": "New"}]})

    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert (result["total"], result["refused"], result["refusedThen"], result["isCutOff"]) == (2, 1, 1, False)
    assert [(item["name"], item["refused"]) for item in result["byPolicy"]] == [(stored["name"], 1)]
    first, *rest = port.received["/replay"].splitlines()
    assert "new-1" in {policy["id"] for policy in json.loads(first)["document"]["policies"]}
    sent = [json.loads(line) for line in rest]
    assert [line["verdict"] for line in sent] == ["limited", "allowed"]
    assert "secret" not in sent[1]


async def testAReplayGoesForwards(boss: Person) -> None:
    body = {"since": "2026-11-21T12:00:00Z", "until": "2026-11-21T11:00:00Z"}
    assert (await boss.post("/rate-limit-policies/replay", body)).status_code == 422


def testAReplayLooksBackADayAndAWeekAtMost() -> None:
    day, week = timedelta(days=1), timedelta(days=7)
    assert ReplayInput().period(NOW) == (NOW - day, NOW)
    assert ReplayInput(until=NOW - day).period(NOW) == (NOW - 2 * day, NOW - day)
    assert ReplayInput(since=NOW - 2 * week, until=NOW + day).period(NOW) == (NOW - week, NOW)
    assert ReplayInput(until=datetime.min.replace(tzinfo=UTC)).period(NOW) == (NOW - week, NOW - week)


async def testOnlyTheNewestRequestsOfALongLogAreReplayed(tmp_path: Path) -> None:
    files = [tmp_path / "one.log", tmp_path / "two.log"]
    for offset, file in enumerate(files):
        lines = [aLine(NOW - timedelta(minutes=2 * minute + offset), path=f"/{offset}") for minute in range(4, -1, -1)]
        file.write_text("\n".join(lines) + "\n")
    log = await GatewayLogFiles(files, mostLines=3).read(NOW - timedelta(hours=1), NOW + timedelta(seconds=1))
    assert [json.loads(line)["path"] for line in log.lines] == ["/0", "/1", "/0"]
    assert (log.isCutOff, log.firstAt, log.lastAt) == (True, NOW - timedelta(minutes=2), NOW)
    none = await GatewayLogFiles(files).read(NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    assert (none.lines, none.isCutOff, none.firstAt) == ([], False, None)


async def testWithoutALogThereIsNothingToReplay(tmp_path: Path) -> None:
    with pytest.raises(GatewayLogMissingError):
        await GatewayLogFiles([tmp_path / "gateway.log"]).read(NOW, NOW + timedelta(hours=1))


async def testCountersOfAllGatewaysAreAddedUp(boss: Person, port: ScriptedPort) -> None:
    stored = (await boss.get("/rate-limit-policies", limit="1")).json()["items"][0]
    port.answers["/metrics"] = (200, (METRICS % {"id": stored["id"]}).encode())
    counters = (await boss.get("/rate-limit-policies/counters")).json()
    byId = {item["policyId"]: item for item in counters["items"]}
    assert byId[stored["id"]] == {
        "policyId": stored["id"],
        "name": stored["name"],
        "allowed": 40,
        "limited": 2,
        "shadowLimited": 0,
    }
    assert (byId["default-login"]["name"], byId["default-login"]["shadowLimited"]) == (None, 3)
    away, there = counters["nodes"]
    assert (away["isReachable"], away["policiesVersion"]) == (False, None)
    assert there == {
        "url": port.url,
        "isReachable": True,
        "policiesVersion": 7,
        "refusedSets": 1,
        "workersWithoutRedis": 1,
    }
    assert counters["version"] >= 1
    assert counters["penaltyRefusals"] == 6


def testOtherLinesThanOursAreNotMinded() -> None:
    node = nodeFrom(
        "u", 'nonsense\n{} 3\ngateway_limit_total 5\ngateway_limit_total{policy="p",outcome="new"} 4\nx{} y\n'
    )
    assert node.isReachable
    assert {policyId: verdicts.allowed for policyId, verdicts in node.verdicts.items()} == {"": 0, "p": 0}


def testPrivatePortsAreBaseUrlsAndThatOfThisMachineIfNoneIsNamed(adminSettings: AdminServerSettings) -> None:
    def named(urls: str) -> Sequence[str]:
        return AdminServerSettings.model_validate(
            {**adminSettings.model_dump(), "gatewayPrivateUrls": urls}
        ).privateUrls

    assert named("") == ["http://127.0.0.1:9145"]
    assert named("http://10.0.0.1:9145, https://[2001:db8::1]:9145") == [
        "http://10.0.0.1:9145",
        "https://[2001:db8::1]:9145",
    ]
    for wrong in ("10.0.0.1:9145", "http://a/b", "http://a:9145/", "http://[x]", "ftp://a", "http://user@a"):
        with pytest.raises(ValidationError):
            named(wrong)
