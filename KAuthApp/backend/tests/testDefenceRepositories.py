"""What the defences' repositories promise: PostgreSQL and the fakes keep the same promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from conftest import DatabaseUrls
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from KAuthApp.backend.domain.models.shadowRegistration import ShadowRegistration
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy, Tally
from KAuthApp.backend.domain.policies.knownDevicePolicy import KnownDevicePolicy
from KAuthApp.backend.domain.policies.pressurePolicy import Pressure, PressurePolicy
from KAuthApp.backend.domain.policies.registrationPolicy import RegistrationPolicy
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from KAuthApp.backend.tests.builders import NOON, anAccount
from KAuthApp.backend.tests.fakes import FakeAuthWork
from shared.backend.database.engine import Database
from shared.backend.utils.clock import FixedClock
from shared.backend.utils.uuid import generateId

COUNTERS = CounterPolicy()
PRESSURE = PressurePolicy()
DEVICES = KnownDevicePolicy(mostOfOne=3)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["fake", "postgresql"])
async def openWork(request: pytest.FixtureRequest, database: DatabaseUrls) -> AsyncIterator[OpenAuthWork]:
    if request.param == "fake":
        work = FakeAuthWork()
        yield lambda: work
        return
    pool = Database(database.public, poolSize=12)
    yield unitOfWorkOn(pool, FixedClock(NOON))
    await pool.close()


def subjects(*kinds: CounterKind) -> dict[CounterKind, str]:
    return {kind: generateId().hex for kind in kinds}


async def testFailuresAreCountedTogetherAndReadBack(openWork: OpenAuthWork) -> None:
    who = subjects(CounterKind.PAIR, CounterKind.ACCOUNT)
    for minute in range(3):
        async with openWork() as work:
            counted = await work.counters.count(who, COUNTERS, NOON + minute * MINUTE)
            await work.commit()
        assert counted == dict.fromkeys(who, minute + 1)
    async with openWork() as work:
        stranger = generateId().hex
        read = await work.counters.read({**who, CounterKind.ADDRESS: stranger}, COUNTERS, NOON + 3 * MINUTE)
    assert read == {**dict.fromkeys(who, Tally(count=3, lastAt=NOON + 2 * MINUTE)), CounterKind.ADDRESS: Tally()}


async def testFailuresInARowAreForgottenAfterTheLastTheOthersAfterTheFirst(openWork: OpenAuthWork) -> None:
    who = subjects(CounterKind.PAIR, CounterKind.ADDRESS)
    early, late = NOON, NOON + COUNTERS.pair - MINUTE
    for at in (early, late):
        async with openWork() as work:
            await work.counters.count(who, COUNTERS, at)
            await work.commit()
    async with openWork() as work:
        read = await work.counters.read(who, COUNTERS, late + 2 * MINUTE)
        counted = await work.counters.count(who, COUNTERS, late + 2 * MINUTE)
        await work.commit()
    assert (read[CounterKind.PAIR].count, read[CounterKind.ADDRESS].count) == (2, 0)
    assert counted == {CounterKind.PAIR: 3, CounterKind.ADDRESS: 1}


async def testForgettingTellsWhatThereWasAndTakingBackStopsAtNone(openWork: OpenAuthWork) -> None:
    who = subjects(CounterKind.ACCOUNT, CounterKind.PAIR)
    address = subjects(CounterKind.ADDRESS)
    async with openWork() as work:
        await work.counters.count({**who, **address}, COUNTERS, NOON)
        await work.counters.count({**who, **address}, COUNTERS, NOON + MINUTE)
        assert await work.counters.forget(who) == dict.fromkeys(who, Tally(count=2, lastAt=NOON + MINUTE))
        assert await work.counters.forget(who) == {}
        assert await work.counters.takeBack(CounterKind.ADDRESS, address[CounterKind.ADDRESS], 1) == 1
        assert await work.counters.takeBack(CounterKind.ADDRESS, address[CounterKind.ADDRESS], 5) == 0
        assert await work.counters.takeBack(CounterKind.ADDRESS, generateId().hex, 5) == 0
        await work.commit()
    async with openWork() as work:
        assert (await work.counters.read(address, COUNTERS, NOON + MINUTE))[CounterKind.ADDRESS].count == 0


async def testOldCountersAreRemoved(openWork: OpenAuthWork) -> None:
    old, young = subjects(CounterKind.ACCOUNT), subjects(CounterKind.ACCOUNT)
    longAgo = NOON - timedelta(days=400)
    async with openWork() as work:
        await work.counters.count(old, COUNTERS, longAgo)
        await work.counters.count(young, COUNTERS, NOON)
        await work.commit()
    async with openWork() as work:
        assert await work.counters.removeOlder(longAgo + MINUTE, 10) == 1
        assert await work.counters.removeOlder(longAgo + MINUTE, 10) == 0
        await work.commit()
        assert (await work.counters.read(young, COUNTERS, NOON))[CounterKind.ACCOUNT].count == 1


async def testParallelFailuresAreAllCounted(openWork: OpenAuthWork) -> None:
    """Two that count the same rows never wait for each other in a circle."""
    who = subjects(CounterKind.PAIR, CounterKind.ADDRESS, CounterKind.ACCOUNT)
    turned = dict(reversed(who.items()))

    async def countOne(number: int) -> int:
        async with openWork() as work:
            counted = await work.counters.count(who if number % 2 else turned, COUNTERS, NOON)
            await work.commit()
        return counted[CounterKind.ACCOUNT]

    assert sorted(await asyncio.gather(*(countOne(number) for number in range(12)))) == list(range(1, 13))


async def testPressureIsSummedLatelyAndToday(openWork: OpenAuthWork) -> None:
    at = NOON + timedelta(days=generateId().int % 10_000)  # a day of its own
    async with openWork() as work:
        await work.pressure.press(5, 4, PRESSURE, at - timedelta(hours=3))
        await work.pressure.press(2, 2, PRESSURE, at - MINUTE)
        await work.pressure.press(1, -1, PRESSURE, at)
        await work.pressure.press(9, 9, PRESSURE, at - timedelta(hours=25))
        await work.commit()
    async with openWork() as work:
        lately, today = await work.pressure.read(PRESSURE, at)
        assert (lately, today) == (Pressure(tries=3, failures=1), Pressure(tries=8, failures=5))
        assert await work.pressure.removeOlder(at - timedelta(hours=24)) >= 1


async def someone(openWork: OpenAuthWork) -> UUID:
    async with openWork() as work:
        account = await work.users.register(anAccount(active=False))
        assert account is not None
        await work.commit()
    return account.id


async def testADeviceIsKnownForItsPersonUntilItExpires(openWork: OpenAuthWork) -> None:
    userId, otherId = await someone(openWork), await someone(openWork)
    device = KnownDevice.remember(userId, generateId().hex, "Firefox on Linux", DEVICES, NOON)
    async with openWork() as work:
        await work.devices.add(device)
        await work.commit()
    async with openWork() as work:
        found = await work.devices.recognise(userId, ["no such", device.tokenHash], NOON)
        assert found is not None
        assert found.id == device.id
        assert await work.devices.recognise(otherId, [device.tokenHash], NOON) is None
        assert await work.devices.recognise(userId, [], NOON) is None
        assert await work.devices.recognise(userId, [device.tokenHash], device.expiresAt) is None
        later, hashes = device.expiresAt + MINUTE, ["no such", device.tokenHash]
        assert await work.devices.renew(otherId, hashes, NOON, later) is None
        assert await work.devices.renew(userId, hashes, device.expiresAt, later) is None
        assert await work.devices.renew(userId, hashes, NOON + MINUTE, later) == device.id
        await work.commit()
    async with openWork() as work:
        assert await work.devices.recognise(userId, [device.tokenHash], NOON + DEVICES.lifetime) is not None
        assert await work.devices.removeExpiredBefore(NOON - timedelta(days=1), 10) == 0


async def testOnlyTheNewestDevicesAreKeptAndAllCanBeForgotten(openWork: OpenAuthWork) -> None:
    userId = await someone(openWork)
    devices = [
        KnownDevice.remember(userId, generateId().hex, "a browser", DEVICES, NOON + number * MINUTE)
        for number in range(5)
    ]
    async with openWork() as work:
        for device in devices:
            await work.devices.add(device)
        await work.devices.keepNewest(userId, DEVICES.mostOfOne)
        await work.commit()
    async with openWork() as work:
        assert await work.devices.recognise(userId, [devices[1].tokenHash], NOON) is None
        assert await work.devices.recognise(userId, [devices[2].tokenHash], NOON) is not None
        assert await work.devices.forgetAll(userId, [devices[4].tokenHash]) == 2
        assert await work.devices.forgetAll(userId) == 1
        await work.commit()


async def testOfManyWithTheSameProofOneIsAccepted(openWork: OpenAuthWork) -> None:
    challengeHash = generateId().hex

    async def spend() -> bool:
        async with openWork() as work:
            isMine = await work.spentProofs.spend(challengeHash, NOON)
            await work.commit()
        return isMine

    assert sum(await asyncio.gather(*(spend() for _ in range(10)))) == 1
    async with openWork() as work:
        assert await work.spentProofs.removeExpiredBefore(NOON + MINUTE, 10) == 1
        await work.commit()
    assert await spend()


async def testTheLatestRegistrationOfAnAddressCounts(openWork: OpenAuthWork) -> None:
    index, policy = generateId().hex, RegistrationPolicy()
    longAgo = NOON - timedelta(days=400)
    async with openWork() as work:
        assert await work.shadows.note(ShadowRegistration.note(index, "first", policy, longAgo)) is None
        assert await work.shadows.note(ShadowRegistration.note(index, "second", policy, longAgo)) == "first"
        await work.commit()
    async with openWork() as work:
        assert await work.shadows.findTag(index) == "second"
        assert await work.shadows.removeExpiredBefore(NOON - timedelta(days=300), 10) == 1
        assert await work.shadows.findTag(index) is None
        await work.shadows.note(ShadowRegistration.note(index, "third", policy, NOON))
        await work.shadows.forget(index)
        assert await work.shadows.findTag(index) is None
        await work.commit()
