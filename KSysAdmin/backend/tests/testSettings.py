from __future__ import annotations

import asyncio
import json
import time

import pytest
from fastapi import FastAPI
from pydantic import JsonValue, ValidationError

from KSysAdmin.backend.domain.exceptions.settingErrors import SettingInvalidError
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from KSysAdmin.backend.domain.policies.settingCatalogue import settingNamed
from KSysAdmin.backend.tests.conftest import Person
from shared.backend.config.liveSettings import LiveSettings
from shared.backend.redis.client import RedisClient

POLICY = {
    "name": "Try",
    "method": "POST",
    "path": "/api/auth/login",
    "match": "exact",
    "scope": "ip",
    "limit": 5,
    "windowSeconds": 60,
    "mode": "enforce",
    "enabled": True,
}


async def published(redis: RedisClient, kind: str) -> dict[str, object]:
    document = await redis.get(f"kadmin:{'settings:values' if kind == 'settings' else 'ratelimit:policies'}")
    version = await redis.get(f"kadmin:{'settings' if kind == 'settings' else 'ratelimit'}:version")
    assert document is not None
    read: dict[str, object] = json.loads(document)
    assert str(read["version"]) == version, "document and version belong together"
    return read


async def republish(app: FastAPI) -> None:
    await app.state.lifespanState["adminUseCases"].republish.execute()


async def testAChangedSettingIsThereWithinASecond(boss: Person, redis: RedisClient) -> None:
    startedAt = time.perf_counter()
    answer = await boss.put("/settings/cors.allowedOrigins", {"value": ["https://shop.example.com"]})
    assert answer.status_code == 200, answer.text
    assert (await published(redis, "settings"))["values"] == {
        "cors.allowedOrigins": ["https://shop.example.com"],
        "auth.passwordMinLength": 15,
    }
    assert time.perf_counter() - startedAt < 1

    live = LiveSettings(redis)
    await live.refresh()
    assert live.values["cors.allowedOrigins"] == ["https://shop.example.com"]


async def testSettingsListShowsDefaultsAndHistoryKeepsEveryValue(boss: Person) -> None:
    await boss.put("/settings/auth.passwordMinLength", {"value": 16})
    await boss.put("/settings/auth.passwordMinLength", {"value": 18})
    items = {item["key"]: item for item in (await boss.get("/settings")).json()["items"]}
    assert items["auth.passwordMinLength"]["value"] == 18
    assert items["auth.passwordMinLength"]["defaultValue"] == 15
    assert items["auth.passwordMinLength"]["updatedBy"] == boss.administratorId
    history = (await boss.get("/settings/auth.passwordMinLength/history")).json()["items"]
    assert [(change["oldValue"], change["newValue"]) for change in history[:2]] == [(16, 18), (15, 16)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auth.passwordMinLength", 7),
        ("auth.passwordMinLength", "16"),
        ("auth.passwordMinLength", True),
        ("auth.passwordMinLength", None),
        ("cors.allowedOrigins", "https://one.example"),
        ("cors.allowedOrigins", ["*"]),
        ("cors.allowedOrigins", ["https://a.example/path"]),
        ("cors.allowedOrigins", ["https://a.example/"]),
        ("cors.allowedOrigins", ["https://user@a.example"]),
        ("cors.allowedOrigins", ["https://a.example:443"]),
        ("cors.allowedOrigins", ["https://a.example:99999"]),
        ("cors.allowedOrigins", ["ftp://a.example"]),
        ("cors.allowedOrigins", ["https://A.example"]),
        ("cors.allowedOrigins", ["null"]),
        ("cors.allowedOrigins", ["https://a.example", "https://a.example"]),
    ],
)
def testASettingTakesOnlyWhatItCanMean(key: str, value: JsonValue) -> None:
    with pytest.raises(SettingInvalidError):
        settingNamed(key).accept(value)


async def testARefusedSettingNamesTheField(boss: Person) -> None:
    answer = await boss.put("/settings/cors.allowedOrigins", {"value": ["https://a.example/path"]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "setting.invalid"
    assert answer.json()["errors"][0]["field"] == "value"


async def testUnknownSettingsAreNotFound(boss: Person) -> None:
    assert (await boss.put("/settings/no.such", {"value": 1})).json()["code"] == "setting.notFound"
    assert (await boss.get("/settings/no.such/history")).json()["code"] == "setting.notFound"


async def testALostRedisIsFilledAgain(boss: Person, redis: RedisClient, adminApp: FastAPI) -> None:
    await boss.put("/settings/auth.passwordMinLength", {"value": 20})
    await redis.flushAll()
    await republish(adminApp)
    values = (await published(redis, "settings"))["values"]
    assert isinstance(values, dict)
    assert values["auth.passwordMinLength"] == 20
    assert isinstance((await published(redis, "policies"))["policies"], list)


@pytest.mark.parametrize("there", ["1", "999999", "rubbish"])
async def testAnOlderForeignOrUnreadableVersionIsReplaced(
    boss: Person, redis: RedisClient, adminApp: FastAPI, there: str
) -> None:
    await boss.put("/settings/auth.passwordMinLength", {"value": 21})
    await redis.setAll({"kadmin:settings:version": there, "kadmin:settings:values": "{}"})
    await republish(adminApp)
    values = (await published(redis, "settings"))["values"]
    assert isinstance(values, dict)
    assert values["auth.passwordMinLength"] == 21


async def testParallelChangesAreAllCountedAndTheLastIsPublished(boss: Person, redis: RedisClient) -> None:
    before = (await published(redis, "settings"))["version"]
    lengths = list(range(10, 20))
    answers = await asyncio.gather(
        *(boss.put("/settings/auth.passwordMinLength", {"value": length}) for length in lengths)
    )
    assert {answer.status_code for answer in answers} == {200}
    after = await published(redis, "settings")
    assert after["version"] == int(str(before)) + len(lengths)
    stored = await boss.sql.fetchval("SELECT value::text FROM setting WHERE key = 'auth.passwordMinLength'")
    values = after["values"]
    assert isinstance(values, dict)
    assert str(values["auth.passwordMinLength"]) == stored


async def testARateLimitIsCreatedChangedAndRemoved(boss: Person, redis: RedisClient) -> None:
    created = await boss.post("/rate-limit-policies", POLICY)
    assert created.status_code == 201, created.text
    policyId = created.json()["id"]
    unsaid = {"burst": None, "kind": "rate", "cost": 1, "leased": None}
    assert _policy(await published(redis, "policies"), policyId) == {"id": policyId, **unsaid, **POLICY}

    changed = await boss.put(f"/rate-limit-policies/{policyId}", {**POLICY, "limit": 50, "burst": 10})
    assert changed.json()["limit"] == 50
    now = _policy(await published(redis, "policies"), policyId)
    assert now is not None
    assert (now["limit"], now["burst"]) == (50, 10)

    twice = await boss.post("/rate-limit-policies", POLICY)
    assert twice.json()["code"] == "rateLimit.exists"
    renamed = await boss.put(f"/rate-limit-policies/{policyId}", {**POLICY, "name": "Register"})
    assert renamed.json()["code"] == "rateLimit.exists"

    assert (await boss.delete(f"/rate-limit-policies/{policyId}")).status_code == 204
    assert _policy(await published(redis, "policies"), policyId) is None
    assert (await boss.delete(f"/rate-limit-policies/{policyId}")).json()["code"] == "rateLimit.notFound"
    actions = [event["action"] for event in (await boss.get("/audit-events", target=policyId)).json()["items"]]
    assert actions == ["rateLimit.removed", "rateLimit.changed", "rateLimit.created"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": "5"},
        {"enabled": 1},
        {"windowSeconds": 0},
        {"burst": 6},
        {"burst": 0},
        {"path": "api/auth"},
        {"path": "/api/auth?x=1"},
        {"path": "/api//auth"},
        {"path": "/api/../auth"},
        {"path": "/api/a%20b"},
        {"path": "/api/a;b"},
        {"method": "TRACE"},
        {"match": "regex"},
        {"scope": "country"},
        {"mode": "log"},
        {"name": ""},
        {"surprise": True},
        {"kind": "volume"},
        {"cost": 0},
        {"cost": 6},
        {"cost": "2"},
        {"burst": 2, "cost": 3},
        {"leased": True},
        {"leased": True, "limit": 9_999},
        {"leased": True, "limit": 10_000, "burst": 10},
        {"leased": 1, "limit": 10_000},
        {"kind": "concurrency", "burst": 2},
        {"kind": "concurrency", "cost": 2},
        {"kind": "concurrency", "limit": 10_001},
        {"kind": "concurrency", "windowSeconds": 3_601},
        {"kind": "concurrency", "leased": True, "limit": 10_000},
    ],
)
def testARateLimitThatMeansNothingIsRefused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RateLimitRule.model_validate({**POLICY, "name": "Wrong", **wrong})


async def testARefusedRateLimitNamesTheField(boss: Person) -> None:
    answer = await boss.post("/rate-limit-policies", {**POLICY, "name": "Wrong", "limit": 0})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "limit"


async def testDefaultLimitsProtectSignInAndLeaveTheBankAlone(boss: Person) -> None:
    policies = (await boss.get("/rate-limit-policies", limit="200")).json()["items"]
    login = next(policy for policy in policies if policy["path"] == "/api/auth/login")
    assert (login["method"], login["scope"], login["limit"], login["windowSeconds"]) == ("POST", "ip", 30, 60)
    bank = [
        policy
        for policy in policies
        if policy["match"] == "prefix" and "/api/payment/bri/snap/v1.0/transfer-va/payment".startswith(policy["path"])
    ]
    assert [policy["name"] for policy in bank] == ["Bank callbacks"]


def _policy(document: dict[str, object], policyId: str) -> dict[str, object] | None:
    policies = document["policies"]
    assert isinstance(policies, list)
    return next((policy for policy in policies if policy["id"] == policyId), None)
