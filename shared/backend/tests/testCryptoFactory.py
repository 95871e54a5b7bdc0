from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import threading
import time
from pathlib import Path

import argon2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from shared.backend import hashPool
from shared.backend.config.settings import PlatformSettings
from shared.backend.cryptoFactory import (
    CryptoError,
    CryptoFactory,
    CryptoOutput,
    HashPoolFullError,
    PasswordHashing,
)
from shared.backend.exceptions.errors import UnavailableError

OLD_KEY = "the first master key, long enough to count"
NEW_KEY = "the second master key, long enough as well"
PEPPER = SecretStr("a pepper of at least thirty-two characters")

LIGHT = PasswordHashing(memoryKib=64, iterations=1)
OLD = CryptoFactory.fromKeys(OLD_KEY, 1, hashing=LIGHT)
ROTATED = CryptoFactory.fromKeys(SecretStr(NEW_KEY), 2, {1: SecretStr(OLD_KEY)}, LIGHT)

text = st.text(st.characters(exclude_categories=["Cs"]))
someText = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def hashingOf(threads: int, waiting: int, reserved: int = 0) -> CryptoFactory:
    hashing = PasswordHashing(memoryKib=64 * 1024, iterations=4, threads=threads, waiting=waiting, reserved=reserved)
    return CryptoFactory.fromKeys(OLD_KEY, hashing=hashing)


@given(text, someText)
def testWhatIsEncryptedDecryptsToItself(secret: str, context: str) -> None:
    output = OLD.encryptSensitive(secret, context)
    assert OLD.decryptSensitive(output, context) == secret
    assert OLD.decryptText(output.toText(), context) == secret
    assert OLD.decryptSensitive(CryptoOutput.fromText(OLD.encryptToText(secret, context)), context) == secret


@given(text, someText, someText)
def testAnotherContextDecryptsNothing(secret: str, context: str, other: str) -> None:
    assume(context != other)
    output = OLD.encryptSensitive(secret, context)
    with pytest.raises(CryptoError):
        OLD.decryptSensitive(output, other)


@given(text, st.data())
def testTamperingIsNoticed(secret: str, data: st.DataObject) -> None:
    sealed = OLD.encryptToText(secret, "context")
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != sealed[place]))
    with pytest.raises(CryptoError):
        OLD.decryptText(sealed[:place] + other + sealed[place + 1 :], "context")


def testEachEncryptionIsFresh() -> None:
    first, second = OLD.encryptSensitive("secret", "context"), OLD.encryptSensitive("secret", "context")
    assert first.ciphertext != second.ciphertext
    assert first.salt != second.salt
    assert first.nonce != second.nonce


def testTheOutputSurvivesOneColumnFourColumnsAndJson() -> None:
    output = OLD.encryptSensitive("secret", "context")
    assert CryptoOutput.fromText(output.toText()) == output
    assert CryptoOutput(**dict(output)) == output
    assert CryptoOutput.model_validate_json(output.model_dump_json()) == output


def testTheOutputIsCheckedWhereItComesFromOutside() -> None:
    output = OLD.encryptSensitive("secret", "context")
    with pytest.raises(ValidationError):
        CryptoOutput(ciphertext=output.ciphertext, salt=b"short", nonce=output.nonce, keyId=1)
    with pytest.raises(ValidationError):
        output.keyId = 2  # type: ignore[misc]
    with pytest.raises(CryptoError):
        CryptoOutput.fromText("no sealed text")


@given(text, someText)
def testWhatAPersonalKeySealedOpensWithItAlone(secret: str, context: str) -> None:
    kept, other = OLD.createPersonalKey("user:1:key"), OLD.createPersonalKey("user:1:key")
    sealed = OLD.openPersonalKey(kept, "user:1:key").sealText(secret, context)
    assert OLD.openPersonalKey(kept, "user:1:key").openText(sealed, context) == secret
    with pytest.raises(CryptoError):
        OLD.openPersonalKey(other, "user:1:key").openText(sealed, context)
    with pytest.raises(CryptoError):
        OLD.decryptText(sealed, context)


def testAPersonalKeyOpensForItsPersonOnly() -> None:
    kept = OLD.createPersonalKey("user:1:key")
    with pytest.raises(CryptoError) as refusal:
        OLD.openPersonalKey(kept, "user:2:key")
    assert refusal.value.code == "crypto.recordRefused"


def testAResealedPersonalKeyOpensWhatItSealedBefore() -> None:
    kept = OLD.createPersonalKey("user:1:key")
    sealed = OLD.openPersonalKey(kept, "user:1:key").sealText("192.0.2.7", "ip")
    assert ROTATED.needsReencryption(kept)
    anew = ROTATED.resealPersonalKey(kept, "user:1:key")
    assert not ROTATED.needsReencryption(anew)
    assert ROTATED.openPersonalKey(anew, "user:1:key").openText(sealed, "ip") == "192.0.2.7"


def testRotationReadsTheOldAndWritesTheNew() -> None:
    old = OLD.encryptSensitive("secret", "context")
    assert ROTATED.decryptSensitive(old, "context") == "secret"
    assert ROTATED.needsReencryption(old)
    assert ROTATED.needsReencryption(old.toText())

    new = ROTATED.encryptSensitive("secret", "context")
    assert new.keyId == ROTATED.keyId == 2
    assert not ROTATED.needsReencryption(new)
    with pytest.raises(CryptoError) as refusal:
        OLD.decryptSensitive(new, "context")
    assert refusal.value.code == "crypto.keyUnknown"


def testAListIsEncryptedInOneCall() -> None:
    texts = [("one", "user:1"), ("two", "user:2")]
    sealed = OLD.encryptAllToText(texts)
    pairs = list(zip(sealed, ["user:1", "user:2"], strict=True))
    assert OLD.decryptAllTexts(pairs) == ["one", "two"]


def testTheCurrentKeyIsNoPreviousOne() -> None:
    with pytest.raises(ValueError, match="current and a previous"):
        CryptoFactory.fromKeys(NEW_KEY, 1, {1: OLD_KEY})


def testShortMasterKeysAreRefused() -> None:
    with pytest.raises(CryptoError, match="at least 32 characters"):
        CryptoFactory.fromKeys("short")


async def testPasswordsAreHashedAndVerified() -> None:
    stored = await OLD.hashPassword("correct horse")
    assert await OLD.verifyPassword("correct horse", stored)
    assert not await OLD.verifyPassword("wrong horse", stored)
    assert not OLD.needsRehash(stored)
    assert argon2.PasswordHasher().verify(stored, "correct horse")


async def testDefaultCostsAreTheAgreedOnes() -> None:
    stored = await CryptoFactory.fromKeys(OLD_KEY).hashPassword("password")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert OLD.needsRehash(stored)
    assert await OLD.verifyPassword("password", stored)


async def testComposedAndDecomposedSpellingsAreOnePassword() -> None:
    stored = await OLD.hashPassword("caf\u00e9")
    assert await OLD.verifyPassword("cafe\u0301", stored)
    assert not await OLD.verifyPassword("cafe", stored)
    assert argon2.PasswordHasher().verify(stored, "caf\u00e9")


async def testPepperIsMixedInAndIntroducedWithoutLockingAnybodyOut() -> None:
    peppered = CryptoFactory.fromKeys(OLD_KEY, hashing=LIGHT.model_copy(update={"pepper": PEPPER}))
    bare = await OLD.hashPassword("password")
    assert await peppered.verifyPassword("password", bare)
    assert peppered.needsRehash(bare)

    stored = await peppered.hashPassword("password")
    assert await peppered.verifyPassword("password", stored)
    with pytest.raises(argon2.exceptions.Argon2Error):
        argon2.PasswordHasher().verify(stored, "password")
    with pytest.raises(CryptoError):
        await OLD.verifyPassword("password", stored)


async def testAPepperIsReplacedThroughTheOlderOnes() -> None:
    first = CryptoFactory.fromKeys(OLD_KEY, hashing=LIGHT.model_copy(update={"pepper": PEPPER}))
    next_ = {"pepper": SecretStr(NEW_KEY), "olderPeppers": (PEPPER,)}
    second = CryptoFactory.fromKeys(OLD_KEY, hashing=LIGHT.model_copy(update=next_))
    stored = await first.hashPassword("password")
    assert await second.verifyPassword("password", stored)
    assert second.needsRehash(stored)


async def testForeignHashesAreRefusedNotTakenForAWrongPassword() -> None:
    for stored in ("", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$AAAA"):
        with pytest.raises(CryptoError):
            await OLD.verifyPassword("password", stored)


async def testAnUnknownAddressCostsWhatAKnownOneCosts() -> None:
    crypto = hashingOf(threads=1, waiting=0)
    stored = await crypto.hashPassword("password")

    async def secondsOf(known: bool) -> float:
        startedAt = time.process_time()
        if known:
            await crypto.verifyPassword("wrong", stored)
        else:
            assert not await crypto.verifyAgainstNothing("wrong")
        return time.process_time() - startedAt

    pairs = [(await secondsOf(True), await secondsOf(False)) for _ in range(5)]
    assert min(unknown for _, unknown in pairs) == pytest.approx(min(known for known, _ in pairs), rel=0.5)


async def testAFullPoolRefusesAtOnceAndRecovers() -> None:
    crypto = hashingOf(threads=1, waiting=1)
    accepted = [asyncio.create_task(crypto.hashPassword("password")) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(HashPoolFullError) as refusal:
        await crypto.hashPassword("password")
    assert not any(task.done() for task in accepted)
    assert isinstance(refusal.value, UnavailableError)
    assert refusal.value.retryAfterSeconds >= 1

    assert len({*await asyncio.gather(*accepted)}) == 2
    assert await crypto.hashPassword("password")


async def testUrgentWorkFindsTheReservedPlacesFree() -> None:
    hashing = PasswordHashing(memoryKib=64 * 1024, iterations=4, threads=1, waiting=3, reserved=2)
    crypto = CryptoFactory.fromKeys(OLD_KEY, hashing=hashing)
    stored = await CryptoFactory.fromKeys(OLD_KEY, hashing=LIGHT).hashPassword("password")
    running = [asyncio.create_task(crypto.hashPassword("password")) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(HashPoolFullError), crypto.hashingPlace():
        pytest.fail("a reserved place was given away")
    with pytest.raises(HashPoolFullError):
        await crypto.verifyPassword("password", stored)
    assert all(await asyncio.gather(*(crypto.verifyPassword("password", stored, isUrgent=True) for _ in range(2))))
    await asyncio.gather(*running)
    assert await crypto.verifyPassword("password", stored)


async def testAPlaceIsTakenBeforeTheHashIsAskedFor() -> None:
    crypto = hashingOf(threads=1, waiting=0)
    with crypto.hashingPlace():
        other = asyncio.create_task(crypto.hashPassword("password"), context=contextvars.Context())
        with pytest.raises(HashPoolFullError):
            await other
        stored = await crypto.hashPassword("password")
        assert await crypto.verifyPassword("password", stored)
    assert await crypto.verifyPassword("password", stored)


async def testWhatComesBeforeTheHashIsDoneByFewAtATime() -> None:
    crypto, atWork, most = hashingOf(threads=1, waiting=20), 0, 0

    async def signIn() -> None:
        nonlocal atWork, most
        with crypto.hashingPlace():
            async with crypto.hashingTurn():
                atWork += 1
                most = max(most, atWork)
                await asyncio.sleep(0.001)
                await crypto.hashPassword("password")
                atWork -= 1

    await asyncio.gather(*(signIn() for _ in range(12)))
    assert most == 4


async def testWhoWaitsForATurnMayGiveUp() -> None:
    crypto = hashingOf(threads=1, waiting=20)
    async with contextlib.AsyncExitStack() as busy:
        for _ in range(4):
            await busy.enter_async_context(crypto.hashingTurn())
        waiting = asyncio.create_task(crypto.hashingTurn().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with asyncio.timeout(1), contextlib.AsyncExitStack() as free:
        for _ in range(4):
            await free.enter_async_context(crypto.hashingTurn())


async def testWhoIsUrgentWaitsForNoStrangerAndAStrangerNotForEver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers are stuck before their hash, as in a database that hangs."""
    monkeypatch.setattr(hashPool, "TURN_WITHIN_S", 0.05)
    crypto = hashingOf(threads=1, waiting=20)
    async with contextlib.AsyncExitStack() as stuck:
        for _ in range(4):
            await stuck.enter_async_context(crypto.hashingTurn())
        with pytest.raises(HashPoolFullError):
            await stuck.enter_async_context(crypto.hashingTurn())
        await stuck.enter_async_context(crypto.hashingTurn(isUrgent=True))


async def testWhatOnlySeemedUrgentLosesAReservedPlace() -> None:
    crypto = hashingOf(threads=1, waiting=1, reserved=1)
    stored = await crypto.hashPassword("password")
    with crypto.hashingPlace(isUrgent=True):
        assert await crypto.verifyPassword("password", stored, isUrgent=False)
        with crypto.hashingPlace(isUrgent=True):
            assert await crypto.verifyPassword("password", stored, isUrgent=True)
            with pytest.raises(HashPoolFullError):
                await crypto.verifyPassword("password", stored, isUrgent=False)


async def testWhoHasAPlaceKeepsItWhenUrgentOnesCome() -> None:
    crypto = hashingOf(threads=1, waiting=1, reserved=1)
    urgent = contextvars.copy_context()
    with crypto.hashingPlace():
        place = urgent.run(crypto.hashingPlace, isUrgent=True)
        urgent.run(place.__enter__)
        assert await crypto.hashPassword("password")
        urgent.run(place.__exit__, None, None, None)


async def testHashingLetsOthersGoFirst() -> None:
    crypto = hashingOf(threads=1, waiting=0)
    await crypto.hashPassword("password")
    hashing = [thread.native_id for thread in threading.enumerate() if thread.name.startswith("hash")]
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert min(os.getpriority(os.PRIO_PROCESS, each or 0) for each in hashing) > own


async def testThePeppersOfTheSettingsRotate() -> None:
    """The pepper before verifies, what it hashed is due to be hashed anew, and without it nothing verifies."""
    first = CryptoFactory.fromSettings(settingsWith(pepper="p" * 32))
    stored = await first.hashPassword("password")
    rotated = CryptoFactory.fromSettings(settingsWith(pepper="q" * 32, older="o" * 32 + "," + "p" * 32))
    assert await rotated.verifyPassword("password", stored)
    assert rotated.needsRehash(stored)
    anew = await rotated.hashPassword("password")
    assert not rotated.needsRehash(anew)
    forgotten = CryptoFactory.fromSettings(settingsWith(pepper="q" * 32))
    assert await forgotten.verifyPassword("password", anew)
    with pytest.raises(CryptoError):
        await forgotten.verifyPassword("password", stored)


def settingsWith(pepper: str, older: str = "") -> PlatformSettings:
    return PlatformSettings.model_validate(
        {
            "environment": "test",
            "redisUrl": "redis://127.0.0.1:1/0",
            "cryptoMasterKey": OLD_KEY,
            "gatewaySharedSecret": OLD_KEY,
            "hashMemoryKib": 64,
            "hashIterations": 1,
            "passwordPepper": pepper,
            "passwordOlderPeppers": older,
        }
    )


async def testACancelledRequestGivesItsPlaceBack() -> None:
    crypto = hashingOf(threads=1, waiting=1)
    running = [asyncio.create_task(crypto.hashPassword("password")) for _ in range(2)]
    await asyncio.sleep(0.01)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

    async with asyncio.timeout(120):
        while True:
            try:
                assert await crypto.hashPassword("password")
            except HashPoolFullError:
                await asyncio.sleep(0.01)
            else:
                break


async def testTheEventLoopRunsOnWhileAPasswordIsHashed() -> None:
    crypto = hashingOf(threads=1, waiting=0)
    hashing = asyncio.create_task(crypto.hashPassword("password"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10


def testBlindIndexesFindEqualTextsOfOnePurpose() -> None:
    index = OLD.blindIndex("a@b.example", "email")
    assert index == OLD.blindIndex("a@b.example", "email")
    assert index != OLD.blindIndex("a@b.example", "phone")
    assert index != OLD.blindIndex("c@b.example", "email")
    assert index != OLD.keyedHash("a@b.example", "email")
    assert len(index) == 64


def testBlindIndexesAreFoundWhileKeysRotate() -> None:
    stored = OLD.blindIndex("a@b.example", "email")
    current, *older = ROTATED.blindIndexes("a@b.example", "email")
    assert current == ROTATED.blindIndex("a@b.example", "email")
    assert older == [stored] == [ROTATED.blindIndex("a@b.example", "email", keyId=1)]


def testKeyedHashTakesTextAndBytes() -> None:
    assert OLD.keyedHash("code", "mail") == OLD.keyedHash(b"code", "mail")


def testRandomTokensDiffer() -> None:
    assert OLD.randomToken() != OLD.randomToken()
    assert len(OLD.randomToken()) == 43
    assert len(OLD.randomToken(16)) == 22


def testConstantTimeEqualComparesTextAndBytes() -> None:
    assert OLD.constantTimeEqual("é", "é".encode())
    assert not OLD.constantTimeEqual("a", "b")


def testTextWithoutUtf8FormIsRefused() -> None:
    with pytest.raises(CryptoError):
        OLD.encryptSensitive("\ud800", "context")


async def testHealthIsOneRoundTrip() -> None:
    await OLD.checkHealth()


async def testManyPasswordsDoNotKeepTheMemoryOfEach() -> None:
    """One working memory a thread; the allocator would keep one for nearly every hash, 400 MB after a hundred."""
    hashing = PasswordHashing(memoryKib=19456, iterations=1, threads=2)
    factory = CryptoFactory.fromKeys(OLD_KEY, hashing=hashing)
    small = [bytearray(256)]
    before = residentKib()
    for number in range(40):
        await factory.hashPassword("a password")
        small += [bytearray(256 + number) for _ in range(50)]
    assert residentKib() - before < 4 * hashing.memoryKib


def residentKib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
