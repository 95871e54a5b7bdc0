"""The gateway's own answer to "would this be limited?", asked at the private port."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nginx.tests.gatewayUnderTest import GatewayUnderTest, aPolicy
from nginx.tests.testTokens import SECOND, START, someRule
from nginx.tests.tokenModel import Rule, TokenModel

PATH = "/api/auth/limited"
CALLER = {"address": "203.0.113.7"}


def document(*policies: Mapping[str, object], **more: object) -> dict[str, object]:
    return {"version": 0, "policies": list(policies), **more}


async def simulate(gateway: GatewayUnderTest, asked: Mapping[str, object]) -> httpx.Response:
    whole = {"method": "GET", "path": PATH, "caller": CALLER, "ratePerSecond": 1, "seconds": 60, **asked}
    async with httpx.AsyncClient(timeout=30) as client:
        return await client.post(f"http://127.0.0.1:{gateway.ports.metrics}/simulate", json=whole)


async def replay(gateway: GatewayUnderTest, rules: Mapping[str, object], lines: Sequence[object]) -> httpx.Response:
    body = "\n".join([json.dumps({"document": rules}), *(json.dumps(line) for line in lines)])
    async with httpx.AsyncClient(timeout=30) as client:
        return await client.post(f"http://127.0.0.1:{gateway.ports.metrics}/replay", content=body)


async def testItSaysWhichPolicyActsAndWhen(gateway: GatewayUnderTest) -> None:
    rules = document(aPolicy(id="narrow", name="narrow", limit=5), aPolicy(id="wide", name="wide", limit=100))
    answer = (await simulate(gateway, {"document": rules})).json()
    assert (answer["admitted"], answer["refused"]) == (5, 55)
    items = {item["policyId"]: item for item in answer["items"]}
    assert items["narrow"]["firstRefusedAtSeconds"] == 5
    assert (items["narrow"]["admitted"], items["narrow"]["refused"]) == (5, 55)
    assert items["wide"]["firstRefusedAtSeconds"] is None


async def testNothingOfItIsCountedForReal(gateway: GatewayUnderTest) -> None:
    await gateway.publish(aPolicy(limit=3))
    await simulate(gateway, {"document": document(aPolicy(limit=3)), "caller": {"address": "127.0.0.1"}})
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        assert [(await client.get(PATH)).status_code for _ in range(4)] == [200, 200, 200, 429]


async def testWhereNoPolicyMatchesNothingIsRefused(gateway: GatewayUnderTest) -> None:
    answer = (await simulate(gateway, {"document": document()})).json()
    assert answer == {"items": [], "admitted": 60, "refused": 0}


async def testListsAndThePenaltyBoxActThereToo(gateway: GatewayUnderTest) -> None:
    denied = document(aPolicy(), addressLists={"allow": [], "deny": ["203.0.113.0/24"]})
    assert (await simulate(gateway, {"document": denied})).json()["refused"] == 60
    allowed = document(aPolicy(), addressLists={"allow": ["203.0.113.0/24"], "deny": []})
    assert (await simulate(gateway, {"document": allowed})).json()["admitted"] == 60
    box = {"enabled": True, "refusals": 3, "withinSeconds": 60, "penaltySeconds": 100}
    boxed = document(aPolicy(limit=2, windowSeconds=10), penaltyBox=box)
    answer = (await simulate(gateway, {"document": boxed, "seconds": 100})).json()
    assert answer["admitted"] == 2, "after three refusals nothing passes, however often the window begins anew"


async def testUsersAndKeysAreCountedAsSuch(gateway: GatewayUnderTest) -> None:
    rules = document(aPolicy(id="u", scope="user", limit=4), aPolicy(id="k", scope="apiKey", limit=9))
    caller = {**CALLER, "user": "01a1ff1b-8be0-71ff-870f-f0e5dede4f58"}
    assert (await simulate(gateway, {"document": rules, "caller": caller})).json()["admitted"] == 4


@pytest.mark.parametrize(
    "asked",
    [
        {"document": document(aPolicy(limit=0))},
        {"document": "none"},
        {"document": document(), "caller": {"address": "nowhere"}},
        {"document": document(), "ratePerSecond": 1e9},
        {"document": document(addressLists={"deny": ["10.0.0.0/99"]})},
        {"document": document(penaltyBox={"enabled": True, "refusals": 0})},
    ],
)
async def testWhatCannotBePlayedIsRefusedWithAReason(gateway: GatewayUnderTest, asked: dict[str, object]) -> None:
    answer = await simulate(gateway, asked)
    assert answer.status_code == 422
    assert answer.json()["error"]


async def testALogIsPlayedAgainstOtherPolicies(gateway: GatewayUnderTest) -> None:
    begin = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    lines: list[object] = [
        {"at": (begin + timedelta(seconds=second)).isoformat(), "method": "GET", "path": PATH, "clientAddress": address}
        for second in range(120)
        for address in ("203.0.113.7", "2001:db8::1")
    ]
    answer = (await replay(gateway, document(aPolicy(limit=10)), [*lines, "no request", {"at": "never"}])).json()
    assert answer["total"] == 240
    assert answer["refused"] == 200, "ten of each address in each of the two minutes"
    assert [(item["policyId"], item["refused"]) for item in answer["byPolicy"]] == [("p1", 200)]


async def testALogOfAnotherTimeZoneIsReadRight(gateway: GatewayUnderTest) -> None:
    moments = ["2026-03-01T00:59:59+01:00", "2026-02-28T23:59:59+00:00", "2026-03-01T00:00:00Z"]
    lines: list[object] = [{"at": at, "method": "GET", "path": PATH, "clientAddress": "203.0.113.7"} for at in moments]
    answer = (await replay(gateway, document(aPolicy(limit=1, windowSeconds=1)), lines)).json()
    assert (answer["total"], answer["refused"]) == (3, 1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=st.integers(1, 3).flatmap(lambda count: st.tuples(*(someRule(f"r{index}") for index in range(count)))))
async def testItDecidesAsTheModel(gateway: GatewayUnderTest, rules: tuple[Rule, ...]) -> None:
    policies = [
        aPolicy(
            id=rule.policyId, limit=rule.limit, windowSeconds=rule.windowSeconds, cost=rule.cost, mode=rule.mode,
            burst=None if rule.kind == "log" else rule.burst,
        )
        for rule in rules
    ]  # fmt: skip
    model, refused = TokenModel(), 0
    for second in range(200):
        if model.isUndecided(list(rules), START + second * SECOND):
            return
        refused += 0 if model.take(list(rules), START + second * SECOND)[0] else 1
    answer = (await simulate(gateway, {"document": document(*policies), "seconds": 200})).json()
    assert answer["refused"] == refused
