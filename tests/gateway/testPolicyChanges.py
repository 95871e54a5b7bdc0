"""A change of the policies acts everywhere within a second, and one that cannot be used changes nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Final

from nginx.tests.gatewayUnderTest import aPolicy, untilTrue
from scripts.benchmarks.wire import Wire
from tests.gateway.traffic import Traffic
from tests.gateway.twoNodes import TwoNodes
from tests.trials.scale import asManyAs

PATH: Final = "/api/auth/limited"
CHANGES: Final = asManyAs(100, 12)
WITHIN_S: Final = 1.0
# of a few changes on a machine that does other things too, half
QUANTILE: Final = asManyAs(99, 50) / 100
CONNECTIONS: Final = 12


async def policyFields(nodes: TwoNodes) -> set[str]:
    """What the gateways say of the policy to callers whose connections are spread over all workers."""

    async def ask(url: str) -> str:
        async with Wire(url) as wire:
            return (await wire.ask("GET", PATH)).headers.get("ratelimit-policy", "")

    return set(await asyncio.gather(*(ask(url) for url in nodes.urls * (CONNECTIONS // 2))))


async def testEveryWorkerOfBothNodesFollowsWithinASecondAndNothingIsDropped(nodes: TwoNodes) -> None:
    await nodes.publish(aPolicy(limit=500_000, windowSeconds=3600, burst=500_000))
    took = []
    async with Traffic(nodes.urls, PATH, 150) as traffic:
        for number in range(CHANGES):
            limit = 500_001 + number
            version = await nodes.announce(aPolicy(limit=limit, windowSeconds=3600, burst=limit))
            took.append(await nodes.untilInForce(version))
            assert await policyFields(nodes) == {f'"burst";q={limit};w=3600'}
    assert sorted(took)[int(QUANTILE * len(took)) - 1] < WITHIN_S
    assert traffic.statuses == {200}


async def testABrokenChangeChangesNothingAndEveryNodeSaysSo(nodes: TwoNodes) -> None:
    version = await nodes.publish(aPolicy(limit=700_000, windowSeconds=3600, burst=700_000))
    broken = json.dumps({"version": version + 1, "policies": [aPolicy(limit=900_000), aPolicy(id="p2", limit=-1)]})
    logged = [len(gateway.log.read_text()) for gateway in nodes.gateways]

    def isSaid() -> bool:
        texts = [gateway.log.read_text()[known:] for gateway, known in zip(nodes.gateways, logged, strict=True)]
        return all(text.count("the published policies are refused") == 2 for text in texts)

    async with Traffic(nodes.urls, PATH, 100) as traffic:
        await nodes.announceText(broken, nodes.nextVersion)
        assert await untilTrue(isSaid, 5.0), "each worker says it once"
    assert traffic.statuses == {200}
    assert await policyFields(nodes) == {'"burst";q=700000;w=3600'}
    assert await nodes.versionsInForce() == [version] * 4
    await nodes.publish(aPolicy(limit=800_000, windowSeconds=3600, burst=800_000))
    assert await policyFields(nodes) == {'"burst";q=800000;w=3600'}
