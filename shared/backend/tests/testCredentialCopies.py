from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.backend.redis.client import RedisClient, RedisUnavailableError
from shared.backend.redis.credentialCopies import GATEWAY_MEMORY_SECONDS, CredentialCopies, CredentialCopy
from shared.backend.utils.clock import SystemClock
from shared.backend.utils.uuid import generateId

UNTIL = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
async def redis(redisUrl: str) -> AsyncIterator[RedisClient]:
    client = RedisClient(redisUrl)
    yield client
    await client.close()


def aCopy(sessionId: UUID, letter: str = "a") -> CredentialCopy:
    return CredentialCopy(
        hash=letter * 64,
        userId=generateId(),
        sessionId=sessionId,
        tier="standard",
        expiresAt=int(UNTIL.timestamp()),
        audience="public",
        roles=("user",),
    )


async def testACopyReadsBack(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    copy = aCopy(generateId())
    assert await copies.write(copy)
    assert await copies.read(copy.hash) == copy.model_copy(update={"hash": ""})


async def testEndingASessionTakesEveryCopyOfItAndLeavesOthers(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    ended, other = generateId(), generateId()
    for copy in (aCopy(ended, "b"), aCopy(ended, "c"), aCopy(other, "d")):
        assert await copies.write(copy)
    await copies.endSessions([ended], UNTIL)
    assert await copies.read("b" * 64) is None
    assert await copies.read("c" * 64) is None
    assert await copies.read("d" * 64) is not None


async def testAReaderWhoSawItAliveCannotWriteTheCopyBack(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    sessionId = generateId()
    await copies.endSessions([sessionId], UNTIL)
    assert not await copies.write(aCopy(sessionId, "e"))
    assert await copies.read("e" * 64) is None


async def testATombstoneIsNeverMadeShorter(redis: RedisClient) -> None:
    copies, sessionId = CredentialCopies(redis, "kauth"), generateId()
    await copies.endSessions([sessionId], UNTIL)
    await copies.endSessions([sessionId], SystemClock().now() + timedelta(seconds=1))
    await asyncio.sleep(2.1)
    assert not await copies.write(aCopy(sessionId, "7")), "it has ended, whatever was said of it later"


async def testWritersRacingAnEndNeverLeaveACopyBehind(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    for _ in range(50):
        sessionId = generateId()
        writes = [copies.write(aCopy(sessionId, letter)) for letter in "0123456789"]
        await asyncio.gather(*writes[:5], copies.endSessions([sessionId], UNTIL), *writes[5:])
        left = [await copies.read(letter * 64) for letter in "0123456789"]
        assert [copy for copy in left if copy is not None and copy.sessionId == sessionId] == []


async def testAnUnreadableCopyCountsAsNone(redis: RedisClient) -> None:
    await redis.set("kauth:session:" + "f" * 64, '{"userId": 7}')
    assert await CredentialCopies(redis, "kauth").read("f" * 64) is None


async def testAScriptThatRedisForgotIsGivenAgain(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    await copies.write(aCopy(generateId(), "1"))
    await redis.flushScripts()
    assert await copies.write(aCopy(generateId(), "2"))


async def testARedisThatIsAwayIsOneKindOfError() -> None:
    client = RedisClient("redis://127.0.0.1:1/0")
    with pytest.raises(RedisUnavailableError):
        await CredentialCopies(client, "kauth").endSessions([generateId()], UNTIL + timedelta(days=1))
    await client.close()


async def testARenewedSessionLosesItsCopiesAndTheRetiredCredentialStaysOut(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    renewed, other = generateId(), generateId()
    for copy in (aCopy(renewed, "1"), aCopy(renewed, "2"), aCopy(other, "3")):
        assert await copies.write(copy)
    await copies.renew([renewed], ["1" * 64], UNTIL)
    assert await copies.read("1" * 64) is None
    assert await copies.read("2" * 64) is None
    assert await copies.read("3" * 64) is not None
    assert not await copies.write(aCopy(renewed, "1")), "given up for good"
    assert await copies.write(aCopy(renewed, "4")), "the session goes on"


async def testARetiredCredentialIsDroppedThoughItsIndexWasLost(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    sessionId = generateId()
    assert await copies.write(aCopy(sessionId, "5"))
    await redis.delete(f"kauth:copies:{sessionId}")
    await copies.renew([sessionId], ["5" * 64], UNTIL)
    assert await copies.read("5" * 64) is None


async def testWritersRacingARenewalNeverBringTheRetiredCredentialBack(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    for _ in range(30):
        sessionId = generateId()
        retired = sessionId.hex * 2
        old = aCopy(sessionId).model_copy(update={"hash": retired})
        writes = [copies.write(old) for _ in range(10)]
        await asyncio.gather(*writes[:5], copies.renew([sessionId], [retired], UNTIL), *writes[5:])
        assert await copies.read(retired) is None


async def testWhatWasReadBeforeRedisForgotEverythingStaysOut(redis: RedisClient) -> None:
    await redis.flushAll()
    copies = CredentialCopies(redis, "kauth")
    era = await copies.era()
    assert await copies.era() == era
    assert await copies.write(aCopy(generateId(), "1"), era)
    await redis.flushAll()
    assert not await copies.write(aCopy(generateId(), "2"), era), "nothing began anew yet"
    assert await copies.era() != era
    assert not await copies.write(aCopy(generateId(), "3"), era)
    assert await copies.write(aCopy(generateId(), "4"), await copies.era())


async def testAnEraBeginsOnceHoweverManyAsk(redis: RedisClient) -> None:
    await redis.flushAll()
    eras = await asyncio.gather(*(CredentialCopies(redis, "kauth").era() for _ in range(20)))
    assert len(set(eras)) == 1


async def testNoSessionHasEndedBeforeTheGatewaysWorkersHaveForgotten(redis: RedisClient) -> None:
    copies = CredentialCopies(redis, "kauth")
    sessionId = generateId()
    assert await copies.write(aCopy(sessionId, "6"))
    startedAt = time.monotonic()
    await copies.endSessions([sessionId], UNTIL)
    assert time.monotonic() - startedAt > GATEWAY_MEMORY_SECONDS
