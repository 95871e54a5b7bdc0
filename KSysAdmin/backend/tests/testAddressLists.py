"""Allow list, deny list and penalty box: what may be written into them, and that the gateway is told at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from KSysAdmin.backend.domain.exceptions.settingErrors import OwnAddressDeniedError, RuleSetRefusedError
from KSysAdmin.backend.domain.policies.addressRule import AddressRule
from KSysAdmin.backend.domain.policies.gatewayRules import MOST_ADDRESSES, MOST_POLICIES, GatewayRules
from KSysAdmin.backend.domain.policies.penaltyRule import PenaltyRule
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from KSysAdmin.backend.tests.conftest import Person
from shared.backend.redis.client import RedisClient

ENTRY = {"verdict": "deny", "network": "203.0.113.0/24", "name": "Noise", "reason": "Scans us every night"}
PENALTY = {"enabled": True, "refusals": 50, "withinSeconds": 60, "penaltySeconds": 300}
NO_PENALTY = PenaltyRule.model_validate({**PENALTY, "enabled": False})


def aRule(number: int) -> RateLimitRule:
    return RateLimitRule(name=f"R{number}", path="/x", match="exact", scope="ip", limit=1, windowSeconds=1)


def inAMoment() -> str:
    at = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - a time the server's clock has not reached
    return at.isoformat()


async def published(redis: RedisClient) -> dict[str, object]:
    read: dict[str, object] = json.loads(str(await redis.get("kadmin:ratelimit:policies")))
    assert str(read["version"]) == await redis.get("kadmin:ratelimit:version")
    return read


async def testAnEntryIsPublishedChangedAndTakenOff(boss: Person, redis: RedisClient) -> None:
    created = await boss.post("/address-entries", {**ENTRY, "network": "198.51.100.7"})
    assert created.status_code == 201, created.text
    entry = created.json()
    assert (entry["network"], entry["endsAt"]) == ("198.51.100.7/32", None)
    assert (await published(redis))["addressLists"] == {"allow": [], "deny": ["198.51.100.7/32"]}

    changed = await boss.put(f"/address-entries/{entry['id']}", {**ENTRY, "verdict": "allow", "endsAt": inAMoment()})
    assert changed.status_code == 200, changed.text
    assert (await published(redis))["addressLists"] == {"allow": ["203.0.113.0/24"], "deny": []}
    listed = (await boss.get("/address-entries")).json()["items"]
    assert [item["id"] for item in listed] == [entry["id"]]

    assert (await boss.post("/address-entries", ENTRY)).json()["code"] == "addressEntry.exists"
    assert (await boss.delete(f"/address-entries/{entry['id']}")).status_code == 204
    assert (await published(redis))["addressLists"] == {"allow": [], "deny": []}
    assert (await boss.delete(f"/address-entries/{entry['id']}")).json()["code"] == "addressEntry.notFound"
    events = (await boss.get("/audit-events", target=entry["id"])).json()["items"]
    assert [event["action"].partition(".")[2] for event in events] == ["removed", "changed", "created"]
    assert events[0]["before"]["network"] == "203.0.113.0/24"


@pytest.mark.parametrize(
    "wrong",
    [
        {"network": "203.0.113.5/24"},
        {"network": "203.0.113.256"},
        {"network": "0.0.0.0/0"},
        {"network": "10.0.0.0/7"},
        {"network": "::/0"},
        {"network": "2000::/15"},
        {"network": "::ffff:203.0.113.0/120"},
        {"network": "fe80::1%eth0"},
        {"network": ""},
        {"verdict": "maybe"},
        {"name": ""},
        {"reason": ""},
        {"endsAt": "2026-01-01T00:00:00"},
        {"surprise": 1},
    ],
)
def testAnEntryThatMeansNothingIsRefused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AddressRule.model_validate({**ENTRY, **wrong})


async def testAnEntryEndsInTheFuture(boss: Person) -> None:
    answer = await boss.post("/address-entries", {**ENTRY, "endsAt": "2020-01-01T00:00:00Z"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "addressEntry.over"


async def testNobodyShutsThemselvesOut(boss: Person) -> None:
    answer = await boss.post("/address-entries", {**ENTRY, "network": "127.0.0.0/8"})
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] == "addressEntry.ownAddress"
    created = await boss.post("/address-entries", {**ENTRY, "verdict": "allow", "network": "127.0.0.0/8"})
    entryId = created.json()["id"]
    turned = await boss.put(f"/address-entries/{entryId}", {**ENTRY, "network": "127.0.0.0/8"})
    assert turned.json()["code"] == "addressEntry.ownAddress"
    assert (await boss.delete(f"/address-entries/{entryId}")).status_code == 204


def testAnAddressInIpv6ClothesIsTheSameAddress() -> None:
    with pytest.raises(OwnAddressDeniedError):
        AddressRule.model_validate(ENTRY).ensureSpares("::ffff:203.0.113.9")
    AddressRule.model_validate(ENTRY).ensureSpares("no address")


async def testAnEntryGoesAtItsEndAndTheGatewayIsTold(boss: Person, redis: RedisClient, adminApp: FastAPI) -> None:
    kept = (await boss.post("/address-entries", {**ENTRY, "endsAt": inAMoment()})).json()["id"]
    over = (await boss.post("/address-entries", {**ENTRY, "network": "2001:DB8:0:0::/48"})).json()["id"]
    assert (await published(redis))["addressLists"] == {"allow": [], "deny": ["203.0.113.0/24", "2001:db8::/48"]}
    await boss.sql.execute("UPDATE address_entry SET ends_at = now() - interval '1 second' WHERE id = $1::uuid", over)

    end = adminApp.state.lifespanState["adminUseCases"].endAddressEntries
    await end.execute()
    version = (await published(redis))["version"]
    await end.execute()

    after = await published(redis)
    assert after["addressLists"] == {"allow": [], "deny": ["203.0.113.0/24"]}
    assert after["version"] == version, "nothing ended, nothing published"
    events = (await boss.get("/audit-events", target=over)).json()["items"]
    assert [(event["action"], event["actorKind"]) for event in events[:1]] == [("addressEntry.ended", "system")]
    assert (await boss.delete(f"/address-entries/{kept}")).status_code == 204


async def testThePenaltyBoxIsOffUntilSomebodySwitchesItOn(boss: Person, redis: RedisClient) -> None:
    before = (await boss.get("/penalty-box")).json()
    assert before["enabled"] is False
    changed = await boss.put("/penalty-box", PENALTY)
    assert changed.status_code == 200, changed.text
    assert (await published(redis))["penaltyBox"] == PENALTY
    assert {name: (await boss.get("/penalty-box")).json()[name] for name in PENALTY} == PENALTY
    newest = (await boss.get("/audit-events", target="gateway")).json()["items"][0]
    assert (newest["action"], newest["before"]["enabled"], newest["after"]["enabled"]) == (
        "penaltyBox.changed",
        False,
        True,
    )


@pytest.mark.parametrize(
    "wrong",
    [{"refusals": 1}, {"withinSeconds": 0}, {"penaltySeconds": 59}, {"penaltySeconds": 86_401}, {"enabled": None}],
)
async def testAPenaltyThatMeansNothingIsRefused(boss: Person, wrong: dict[str, object]) -> None:
    before = (await boss.get("/penalty-box")).json()
    answer = await boss.put("/penalty-box", {**PENALTY, **wrong})
    assert answer.status_code == 422, answer.text
    assert (await boss.get("/penalty-box")).json() == before


def testASetThatTheGatewayWouldRefuseIsRefusedWhole() -> None:
    address = AddressRule.model_validate(ENTRY)
    GatewayRules({str(n): aRule(n) for n in range(MOST_POLICIES)}, [address], NO_PENALTY).ensureAcceptable()
    for rules in (
        GatewayRules({str(n): aRule(n) for n in range(MOST_POLICIES + 1)}, [], NO_PENALTY),
        GatewayRules({}, [address] * (MOST_ADDRESSES + 1), NO_PENALTY),
        GatewayRules({"a": aRule(1), "b": aRule(1)}, [], NO_PENALTY),
    ):
        with pytest.raises(RuleSetRefusedError):
            rules.ensureAcceptable()


async def testOneEntryTooManyChangesNothing(boss: Person, redis: RedisClient) -> None:
    before = await published(redis)
    await boss.sql.execute(
        "INSERT INTO address_entry (id, verdict, network, name, reason, created_at, updated_at) SELECT"
        " gen_random_uuid(), 'deny', '10.' || n / 256 || '.' || n % 256 || '.0/24', 'n', 'test', now(), now()"
        " FROM generate_series(1, $1) n",
        MOST_ADDRESSES,
    )
    try:
        answer = await boss.post("/address-entries", ENTRY)
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == "rateLimit.setRefused"
        assert await published(redis) == before
        assert await boss.sql.fetchval("SELECT count(*) FROM address_entry") == MOST_ADDRESSES
    finally:
        await boss.sql.execute("DELETE FROM address_entry WHERE reason = 'test'")


async def testWhatAnOperatorTakesAwayInTheDatabaseIsPublished(
    boss: Person, redis: RedisClient, adminApp: FastAPI
) -> None:
    """The way out of docs/operating.md, for administrators who shut themselves out."""
    assert (await boss.post("/address-entries", {**ENTRY, "network": "192.0.2.0/24"})).status_code == 201
    await boss.sql.execute("DELETE FROM address_entry WHERE network = '192.0.2.0/24'")
    await boss.sql.execute("UPDATE publication SET version = version + 1 WHERE name = 'rateLimitPolicies'")
    await adminApp.state.lifespanState["adminUseCases"].republish.execute()
    assert "192.0.2.0/24" not in str((await published(redis))["addressLists"])
