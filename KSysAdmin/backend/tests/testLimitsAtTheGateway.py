"""What the administration sets, asks and shows, at a real gateway."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from admin_server import AdminServerSettings
from KSysAdmin.backend.tests.conftest import BASE_URL, Person
from nginx.tests.gatewayUnderTest import GatewayUnderTest
from nginx.tests.redisUnderTest import RedisUnderTest
from scripts.stack.provision import provisionServices
from shared.backend.redis.client import RedisClient

PATH = "/api/auth/limited"
POLICY = {
    "name": "Tried",
    "method": "GET",
    "path": PATH,
    "match": "exact",
    "scope": "ip",
    "limit": 5,
    "windowSeconds": 600,
}
TRAFFIC = {
    "method": "GET",
    "path": PATH,
    "caller": {"address": "203.0.113.7"},
    "ratePerSecond": 2,
    "seconds": 6,
}
# Twice what is promised: the machine may be busy with other tests.
FOLLOWS_SECONDS = 10.0


@pytest.fixture(scope="module")
async def gateway(redisUrl: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayUnderTest]:
    """One gateway on the Redis of this run."""
    folder: Path = tmp_path_factory.mktemp("gateway")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    tools = provisionServices()
    store = RedisUnderTest(tools.redis, folder, urlsplit(redisUrl).port or 0)
    running = GatewayUnderTest(tools, folder, {"REDIS_URL": redisUrl}, store)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest.fixture(scope="module")
def adminSettings(serverEnvironment: dict[str, object], gateway: GatewayUnderTest) -> AdminServerSettings:
    own = {
        "publicBaseUrl": BASE_URL,
        "gatewayPrivateUrls": gateway.metricsUrl.removesuffix("/metrics"),
        "gatewayLogFiles": str(gateway.accessLog),
    }
    return AdminServerSettings.model_validate({**serverEnvironment, **own})


@pytest.fixture
async def client(gateway: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.url, timeout=10) as opened:
        yield opened


async def countersWhen(boss: Person, isSo: Callable[[Mapping[str, object]], bool]) -> Mapping[str, object]:
    """The counters as soon as it is so, or as they are in the end."""
    deadline = time.monotonic() + FOLLOWS_SECONDS
    counters: Mapping[str, object] = (await boss.get("/rate-limit-policies/counters")).json()
    while not isSo(counters) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        counters = (await boss.get("/rate-limit-policies/counters")).json()
    return counters


def isInForce(counters: Mapping[str, object]) -> bool:
    nodes = counters["nodes"]
    return isinstance(nodes, list) and all(node["policiesVersion"] == counters["version"] for node in nodes)


def refusedSets(counters: Mapping[str, object]) -> int:
    nodes = counters["nodes"]
    assert isinstance(nodes, list)
    return sum(node["refusedSets"] for node in nodes)


def countOf(counters: Mapping[str, object], policyId: str) -> tuple[int, int, int]:
    items = counters["items"]
    assert isinstance(items, list)
    item = next(item for item in items if item["policyId"] == policyId)
    return item["allowed"], item["limited"], item["shadowLimited"]


async def testTheSimulatorSaysWhatTheGatewayDoesAndTheCountersSayWhatItDid(
    boss: Person, gateway: GatewayUnderTest, client: httpx.AsyncClient
) -> None:
    policyId = (await boss.post("/rate-limit-policies", POLICY)).json()["id"]
    simulated = (await boss.post("/rate-limit-policies/simulate", TRAFFIC)).json()
    assert (simulated["admitted"], simulated["refused"]) == (5, 7)
    [item] = [each for each in simulated["items"] if each["policyId"] == policyId]
    assert (item["mode"], item["firstRefusedAtSeconds"], item["refused"], item["admitted"]) == ("enforce", 2.5, 7, 5)

    assert isInForce(await countersWhen(boss, isInForce))
    statuses = [(await client.get(PATH)).status_code for _ in range(12)]
    assert statuses == [200] * 5 + [429] * 7
    counters = await countersWhen(boss, lambda read: sum(countOf(read, policyId)) == 12)
    assert countOf(counters, policyId) == (5, 7, 0)

    assert PATH in await asyncio.to_thread(gateway.accessText)
    wider = {**POLICY, "id": policyId, "limit": 10}
    replayed = (await boss.post("/rate-limit-policies/replay", {"changedPolicies": [wider]})).json()
    assert (replayed["total"], replayed["refused"], replayed["refusedThen"]) == (12, 2, 7)
    refused = {each["policyId"]: each["refused"] for each in replayed["byPolicy"]}
    assert refused[policyId] == 2
    without = (await boss.post("/rate-limit-policies/replay", {"removedPolicies": [policyId]})).json()
    assert (without["total"], without["refused"]) == (12, 0)


async def testASetThatCannotBeUsedChangesNothingIsSaidAndIsReplaced(
    boss: Person, redis: RedisClient, adminApp: FastAPI, client: httpx.AsyncClient
) -> None:
    """What stands in Redis may be broken by anybody who reaches it; what is stored mends it."""
    kept = await boss.post("/rate-limit-policies", {**POLICY, "name": "Kept", "path": "/api/auth/kept", "limit": 1})
    assert kept.status_code == 201, kept.text
    assert isInForce(await countersWhen(boss, isInForce))
    broken = {"version": 900_000, "policies": [{"id": "x", "limit": -1}]}
    await redis.setAll(
        {"kadmin:ratelimit:policies": json.dumps(broken), "kadmin:ratelimit:version": str(broken["version"])}
    )
    counters = await countersWhen(boss, lambda read: refusedSets(read) > 0)
    assert refusedSets(counters) > 0
    assert isInForce(counters), "the last good one stays"
    assert [(await client.get("/api/auth/kept")).status_code for _ in range(2)] == [200, 429]

    await adminApp.state.lifespanState["adminUseCases"].republish.execute()
    assert (await boss.delete(f"/rate-limit-policies/{kept.json()['id']}")).status_code == 204
    assert isInForce(await countersWhen(boss, isInForce))
    assert (await client.get("/api/auth/kept")).status_code == 200


async def testATrialInShadowRefusesNobodyAndSaysWhomItWouldHave(boss: Person) -> None:
    changed = {**POLICY, "name": "Shadow", "path": "/api/auth/watched", "mode": "shadow"}
    traffic = {**TRAFFIC, "path": "/api/auth/watched", "changedPolicies": [changed]}
    simulated = (await boss.post("/rate-limit-policies/simulate", traffic)).json()
    assert (simulated["admitted"], simulated["refused"]) == (12, 0)
    [item] = [each for each in simulated["items"] if each["policyId"] == "new-1"]
    assert (item["mode"], item["refused"]) == ("shadow", 7)


async def testADeniedAddressIsTurnedAwayUntilItIsTakenOff(boss: Person, client: httpx.AsyncClient) -> None:
    entry = {"verdict": "deny", "network": "127.0.0.1", "name": "Us", "reason": "A test of the list"}
    created = await boss.post("/address-entries", {**entry, "network": "198.51.100.0/24"})
    # the test comes from there itself, so the database is told what the API refuses
    await boss.sql.execute("UPDATE address_entry SET network = '127.0.0.1/32'")
    touched = await boss.put(
        "/penalty-box", {"enabled": False, "refusals": 50, "withinSeconds": 60, "penaltySeconds": 300}
    )
    assert touched.status_code == 200, touched.text
    assert isInForce(await countersWhen(boss, isInForce))
    refused = await client.get("/api/auth/anything")
    assert (refused.status_code, refused.json()["code"]) == (403, "gateway.forbidden")

    assert (await boss.delete(f"/address-entries/{created.json()['id']}")).status_code == 204
    assert isInForce(await countersWhen(boss, isInForce))
    assert (await client.get("/api/auth/anything")).status_code == 200


async def testWhoKeepsBeingRefusedIsPutIntoThePenaltyBox(boss: Person, client: httpx.AsyncClient) -> None:
    box = {"enabled": True, "refusals": 3, "withinSeconds": 60, "penaltySeconds": 60}
    assert (await boss.put("/penalty-box", box)).status_code == 200
    path = "/api/auth/boxed"
    made = await boss.post("/rate-limit-policies", {**POLICY, "name": "Boxed", "path": path, "limit": 1})
    assert made.status_code == 201, made.text
    try:
        assert isInForce(await countersWhen(boss, isInForce))
        codes = [(await client.get(path)).json().get("code") for _ in range(6)]
        assert codes[:4] == [None, *["gateway.rateLimited"] * 3]
        assert set(codes[4:]) == {"gateway.penaltyBox"}
    finally:
        await boss.put("/penalty-box", {**box, "enabled": False})
