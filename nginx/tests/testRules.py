"""Places, cost, leases, address lists and the penalty box, as the documents of KSysAdmin say them."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from secrets import token_urlsafe

import httpx
import pytest

from nginx.tests.gatewayUnderTest import METRICS_FOLLOW_SECONDS, READY_SECONDS, GatewayUnderTest, aPolicy, untilTrue
from scripts.stack.gatewayConfig import TREE
from shared.backend.redis.credentialCopies import GATEWAY_MEMORY_SECONDS

PATH = "/api/auth/limited"
SLOW = "/api/payment/payments/1/events"
SOURCES = re.compile(r'gateway_limit_source_total\{source="(\w+)"\} (\d+)')


async def publishWith(gateway: GatewayUnderTest, *policies: Mapping[str, object], **more: object) -> None:
    version = gateway.version + 1
    await gateway.publishText(json.dumps({"version": version, "policies": policies, **more}), version)
    await gateway.untilFollowed()


@pytest.fixture(autouse=True)
async def emptyCounters(gateway: GatewayUnderTest) -> None:
    async with gateway.redis() as redis:
        keys = [key async for key in redis.scan_iter("rate_limit:*")]
        if keys:
            await redis.delete(*keys)


async def sourcesOf(gateway: GatewayUnderTest) -> Counter[str]:
    await asyncio.sleep(METRICS_FOLLOW_SECONDS)
    return Counter({source: int(count) for source, count in SOURCES.findall(await gateway.metrics())})


async def testDeniedAddressesReachNothing(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    seen, before = len(gateway.public.received), await sourcesOf(gateway)
    await publishWith(gateway, aPolicy(), addressLists={"allow": ["127.0.0.0/8"], "deny": ["127.0.0.1/32"]})
    for path in (PATH, "/api/auth/me", "/auth/", "/api/auth/session"):
        refused = await client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "gateway.forbidden")
    assert len(gateway.public.received) == seen
    assert (await sourcesOf(gateway) - before)["denied"] == 4
    await publishWith(gateway, aPolicy())
    assert (await client.get(PATH)).status_code == 200


async def testAllowedAddressesAreNotCounted(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await publishWith(gateway, aPolicy(limit=1), addressLists={"allow": ["::1", "127.0.0.0/30"], "deny": []})
    responses = [await client.get(PATH) for _ in range(5)]
    assert {response.status_code for response in responses} == {200}
    assert "ratelimit" not in responses[-1].headers


@pytest.mark.parametrize(
    ("network", "isDenied"),
    [
        ("127.0.0.1", True), ("127.0.0.0/31", True), ("126.0.0.0/7", True), ("0.0.0.0/0", True),
        ("::ffff:127.0.0.1", True), ("::/0", True), ("127.0.0.2/31", False), ("2001:db8::/32", False), ("::1", False),
    ],
)  # fmt: skip
async def testRangesOfBothKinds(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, network: str, isDenied: bool
) -> None:
    await publishWith(gateway, addressLists={"deny": [network]})
    assert (await client.get(PATH)).status_code == (403 if isDenied else 200)


@pytest.mark.parametrize(
    "broken",
    [
        {"addressLists": {"deny": ["127.0.0.300"]}},
        {"addressLists": {"deny": ["1:2:3"]}},
        {"addressLists": {"allow": ["127.0.0.0/33"]}},
        {"addressLists": {"allow": ["1::2::3"]}},
        {"addressLists": {"allow": {"0": "127.0.0.1"}}},
        {"addressLists": {"allow": [7]}},
        {"penaltyBox": {"enabled": True, "refusals": 2, "withinSeconds": 0, "penaltySeconds": 5}},
        {"penaltyBox": {"refusals": 2}},
        {"policies": [aPolicy(kind="turns")]},
        {"policies": [aPolicy(kind="concurrency", burst=3)]},
        {"policies": [aPolicy(leased="yes")]},
        {"policies": [aPolicy(cost=6)]},
    ],
)
async def testABrokenRuleIsRefusedWhole(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, broken: dict[str, object]
) -> None:
    await publishWith(gateway, aPolicy(limit=2))
    logged = len(gateway.log.read_text())
    document = {"version": gateway.version + 1, "policies": [], **broken}
    await gateway.publishText(json.dumps(document), gateway.version + 1)
    assert await untilTrue(
        lambda: "the published policies are refused" in gateway.log.read_text()[logged:], READY_SECONDS
    )
    assert [(await client.get(PATH)).status_code for _ in range(3)] == [200, 200, 429]


async def testACostIsTakenWhole(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await publishWith(gateway, aPolicy(limit=10, cost=4))
    responses = [await client.get(PATH) for _ in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert responses[1].headers["ratelimit"].startswith('"burst";r=2;')


async def testWhoKeepsBeingRefusedIsRefusedLongerAndToldUntilWhen(
    client: httpx.AsyncClient, gateway: GatewayUnderTest
) -> None:
    box = {"enabled": True, "refusals": 3, "withinSeconds": 30, "penaltySeconds": 2}
    other = aPolicy(id="p2", name="other", path="/api/auth/other", limit=50)
    await publishWith(gateway, aPolicy(limit=1, windowSeconds=1), other, penaltyBox=box)
    assert [(await client.get(PATH)).status_code for _ in range(4)] == [200, 429, 429, 429]
    refused = await client.get("/api/auth/other")
    assert (refused.status_code, refused.json()["code"]) == (429, "gateway.penaltyBox")
    end = datetime.fromisoformat(refused.json()["penaltyUntil"]).timestamp()
    assert 1 <= int(refused.headers["retry-after"]) <= 2
    statuses: list[int] = []
    while not statuses or statuses[-1] == 429:
        statuses.append((await client.get("/api/auth/other")).status_code)
        await asyncio.sleep(0.05)
        assert len(statuses) < 200, "what is refused in the box does not prolong it"
    assert abs(end - time.time()) < 5
    await publishWith(gateway)


async def testAForgedCredentialPutsNobodyElseIntoTheBox(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    box = {"enabled": True, "refusals": 2, "withinSeconds": 30, "penaltySeconds": 2}
    await publishWith(gateway, aPolicy(limit=1, scope="user"), penaltyBox=box)
    await gateway.remember("secretOfVictim", "victim")
    for number in range(6):
        await client.get(PATH, headers={"Cookie": f"kSession=forged{number}"})
    async with gateway.redis() as redis:
        assert await redis.exists("rate_limit:user:victim:p1") == 0
    await asyncio.sleep(2.1)
    assert (await client.get(PATH, headers={"Cookie": "kSession=secretOfVictim"})).status_code == 200
    await publishWith(gateway)


async def testOnlySoManyAreUnderWayAtOnceAndEachGivesItsPlaceBack(
    client: httpx.AsyncClient, gateway: GatewayUnderTest
) -> None:
    await publishWith(gateway, aPolicy(path=SLOW, kind="concurrency", limit=3, windowSeconds=30))
    for _ in range(2):
        answers = await asyncio.gather(*(client.get(SLOW) for _ in range(8)), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, httpx.Response) and answer.status_code == 429]
        assert len(refused) == 5
        assert not [answer for answer in answers if isinstance(answer, httpx.Response) and answer.status_code >= 500]
        assert int(refused[0].headers["retry-after"]) >= 1
        async with gateway.redis() as redis:
            for _ in range(100):
                if await redis.zcard("rate_limit:ip:127.0.0.1:p1") == 0:
                    break
                await asyncio.sleep(0.02)
            assert await redis.zcard("rate_limit:ip:127.0.0.1:p1") == 0, "also of those whose server broke off"


async def testALostPlaceIsFreeWhenItsTimeIsOver(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await publishWith(gateway, aPolicy(kind="concurrency", limit=1, windowSeconds=1))
    async with gateway.redis() as redis:
        seconds, microseconds = await redis.time()
        now = (int(seconds) - 1_700_000_000) * 1_000_000 + int(microseconds)
        await redis.zadd("rate_limit:ip:127.0.0.1:p1", {"of a worker that was killed": now + 1_000_000})
    assert (await client.get(PATH)).status_code == 429
    await asyncio.sleep(1.05)
    assert (await client.get(PATH)).status_code == 200


async def testALeasedLimitIsSpentWithoutAskingAndNeverExceeded(gateway: GatewayUnderTest) -> None:
    await publishWith(gateway, aPolicy(limit=600, windowSeconds=86400, leased=True))
    before = await sourcesOf(gateway)
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(base_url=gateway.url, limits=limits, timeout=30) as many:
        statuses = Counter([(await many.get(PATH)).status_code for _ in range(300)])
        assert statuses == {200: 300}
        between = await sourcesOf(gateway)
        asked = between - before
        answers = await asyncio.gather(*(many.get(PATH) for _ in range(500)))
    asked["fallback"] += (await sourcesOf(gateway) - between)["fallback"]
    statuses += Counter(answer.status_code for answer in answers)
    assert asked["leased"] > 200
    assert asked["redis"] < 60
    assert 450 <= statuses[200] <= 600 + asked["fallback"], "never more; what was taken ahead for nothing is less"


async def testARandomCredentialDrivesNobodyToRedis(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    await publishWith(gateway, aPolicy(scope="user", limit=2, windowSeconds=600))
    before = await sourcesOf(gateway)
    headers = [{"Cookie": f"kSession={token_urlsafe(32)}"} for _ in range(400)]
    statuses = Counter([(await client.get(PATH, headers=each)).status_code for each in headers])
    assert statuses == {200: 2, 429: 398}
    assert (await sourcesOf(gateway) - before)["redis"] < 300, "after some that nobody knows they are not looked up"
    async with gateway.redis() as redis:
        keys = {key async for key in redis.scan_iter("rate_limit:*")}
    assert keys <= {"rate_limit:ip:127.0.0.1:p1"}, "nobody is counted by what was made up"


async def testACookieThatEndedTakesNobodyElseHisName(client: httpx.AsyncClient, gateway: GatewayUnderTest) -> None:
    """It is asked for once and unknown for a moment: it does not use up what an address may ask for in a second."""
    await publishWith(gateway, aPolicy(scope="user", limit=900, windowSeconds=600))
    await gateway.remember("secretOfAnn", "ann")
    for _ in range(60):
        assert (await client.get(PATH, headers={"Cookie": "kSession=ended"})).status_code == 200
    assert (await client.get(PATH, headers={"Cookie": "kSession=secretOfAnn"})).status_code == 200
    async with gateway.redis() as redis:
        keys = {key async for key in redis.scan_iter("rate_limit:*")}
    assert keys == {"rate_limit:ip:127.0.0.1:p1", "rate_limit:user:ann:p1"}


@pytest.mark.parametrize("secret", [None, "busy"], ids=["an address", "a user"])
async def testWhoAsksAllTheTimeIsHardlyEverMadeToWaitForRedis(gateway: GatewayUnderTest, secret: str | None) -> None:
    """The next tokens are there before the last ones end, so fewer requests wait than there were such moments."""
    await publishWith(gateway, aPolicy(scope="user", limit=100_000, windowSeconds=86400, leased=False))
    await gateway.remember("busy", "busy")
    headers = {"Cookie": f"kSession={secret}"} if secret else {}
    seen: list[tuple[int, float]] = []
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=30) as client:
        # a machine that stands still for some milliseconds loses what was taken ahead
        while len(seen) < 5 and not any(waited < ends / 2 for waited, ends in seen):
            before, startedAt = await sourcesOf(gateway), time.monotonic()
            assert {(await client.get(PATH)).status_code for _ in range(400)} == {200}
            ends = (time.monotonic() - startedAt) / GATEWAY_MEMORY_SECONDS
            seen.append(((await sourcesOf(gateway) - before)["redis"], ends))
    assert any(waited < ends / 2 for waited, ends in seen), seen


@pytest.mark.parametrize(("costs", "speaker", "each"), [((1, 1), "b", 1), ((3, 3), "b", 3), ((5, 1), "a", 5)])
async def testOfSeveralLimitsTakenAheadTheScarcestSpeaksAndAllAreCounted(
    client: httpx.AsyncClient, gateway: GatewayUnderTest, costs: tuple[int, int], speaker: str, each: int
) -> None:
    await publishWith(
        gateway,
        aPolicy(id="a", name="a", limit=60_000, windowSeconds=86400, leased=True, cost=costs[0]),
        aPolicy(id="b", name="b", limit=50_000 if costs[0] == costs[1] else 80_000, windowSeconds=86400, leased=True,
                cost=costs[1]),
    )  # fmt: skip
    allowed = re.compile(r'gateway_limit_total\{policy="(\w+)",outcome="allowed"\} (\d+)')
    before = {policy: int(count) for policy, count in allowed.findall(await gateway.metrics())}
    said = []
    for _ in range(60):
        answer = await client.get(PATH)
        assert answer.headers["ratelimit-policy"].count(";q=") == 2
        said.append(re.fullmatch(r'"(\w)";r=(\d+);t=\d+', answer.headers["ratelimit"]))
    assert {found[1] if found else "" for found in said} == {speaker}
    remaining = [int(found[2]) for found in said if found]
    taken = [earlier - later for earlier, later in itertools.pairwise(remaining)]
    assert taken.count(each) > 40, taken
    await asyncio.sleep(METRICS_FOLLOW_SECONDS)
    after = {policy: int(count) for policy, count in allowed.findall(await gateway.metrics())}
    assert {policy: after[policy] - before.get(policy, 0) for policy in ("a", "b")} == {"a": 60, "b": 60}


def testAWorkerGoesByACredentialForLessLongThanARevocationTakes() -> None:
    terms = re.findall(r"BY_CREDENTIAL = \{ seconds = ([0-9.]+),", (TREE / "lua" / "leases.lua").read_text())
    assert [float(seconds) for seconds in terms] == [GATEWAY_MEMORY_SECONDS] * 2


async def testACredentialWhoseTokensWereTakenAheadIsTheUserNoMore(gateway: GatewayUnderTest) -> None:
    """Under a load that has tokens taken ahead for it: after as long as a revocation takes nothing is the user's."""
    await publishWith(gateway, aPolicy(scope="user", limit=100_000, windowSeconds=86400, leased=False))
    headers = {"Cookie": "kSession=hammered"}
    limits = httpx.Limits(max_connections=8)
    async with httpx.AsyncClient(base_url=gateway.url, limits=limits, timeout=30) as client:
        for number in range(10):
            key = f"kauth:session:{hashlib.sha256(b'hammered').hexdigest()}"
            user = f"rate_limit:user:hammered{number}:p1"
            await gateway.remember("hammered", f"hammered{number}")
            await asyncio.sleep(1.1)  # that nobody knew it the last time is known for up to a second
            load = [asyncio.create_task(hammer(client, headers)) for _ in range(8)]
            async with gateway.redis() as redis:
                for _ in range(100):
                    await asyncio.sleep(0.02)
                    if await redis.exists(user):
                        break
                await asyncio.sleep(0.1)
                await redis.delete(key)
                await asyncio.sleep(2 * GATEWAY_MEMORY_SECONDS)
                charged = await redis.get(user)
                await asyncio.gather(*load)
                assert charged is not None
                assert float(await redis.get(user) or 0) <= float(charged), "tokens only go back"


async def hammer(client: httpx.AsyncClient, headers: Mapping[str, str]) -> None:
    for _ in range(60):
        assert (await client.get(PATH, headers=headers)).status_code == 200


async def testARevokedCredentialIsTheUserNoMoreThoughAWorkerKnewIt(
    client: httpx.AsyncClient, gateway: GatewayUnderTest
) -> None:
    await publishWith(gateway, aPolicy(scope="user", limit=50, windowSeconds=600))
    await asyncio.sleep(1.1)  # the address showed many that nobody knows, and is not looked up for the rest of a second
    for number in range(20):
        secret = f"soon revoked {number}".replace(" ", "")
        await gateway.remember(secret, f"user{number}")
        headers = {"Cookie": f"kSession={secret}"}
        for _ in range(3):
            assert (await client.get(PATH, headers=headers)).status_code == 200
        async with gateway.redis() as redis:
            await redis.delete(*[key async for key in redis.scan_iter("kauth:session:*")])
            assert (await client.get(PATH, headers=headers)).status_code == 200
            assert await redis.llen(f"rate_limit:user:user{number}:p1") == 3
