"""Thousands of stolen pairs from hundreds of addresses: the right ones do not open accounts, and no owner notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.benchmarks.wire import Answer, Wire
from tests.support.people import Administrator
from tests.support.planted import PASSWORD, Account, Planter
from tests.support.runningStack import RunningStack, runScript, startStack
from tests.trials.scale import asManyAs
from tests.trials.stuffing import WRONG, Owners, Stuffing, stolenList, tryHard

pytestmark = pytest.mark.stack

PAIRS: Final = asManyAs(full=20_000, default=1_000)
ADDRESSES: Final = asManyAs(full=500, default=50)
RIGHT: Final = PAIRS // 100
OWNERS: Final = asManyAs(full=200, default=20)
SIGN_INS: Final = asManyAs(full=1_000, default=60)
# 2 in 100; of ten right pairs that would be none, so one of those may come before the attack is seen.
MOST_ENTERED: Final = max(1, RIGHT * 2 // 100)
SEED: Final = 4711
# Thieves have machines for it: work costs them next to nothing here, so what stops them is something else.
CHEAP_WORK: Final = {"AUTH_PROOF_ITERATIONS": "1", "AUTH_PROOF_ROUNDS": "2"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack of its own: an attack is remembered for a day."""
    var = Path(tmp_path_factory.mktemp("stuffedStack"))
    var.chmod(0o755)
    try:
        yield startStack(var, CHEAP_WORK)
    finally:
        runScript(var, "down")


@pytest.fixture(scope="module")
async def planter(stack: RunningStack) -> AsyncIterator[Planter]:
    """Without the gateway's limits: five hundred addresses stand for as many networks."""
    async with Administrator(stack) as administrator:
        await administrator.createAndSignIn()
        for policy in (await administrator.get("/api/admin/rate-limit-policies", limit=200)).json()["items"]:
            await administrator.send("DELETE", f"/api/admin/rate-limit-policies/{policy['id']}")
        yield Planter(stack)


async def testARightPairDoesNotOpenAnAccountAndNoOwnerNotices(stack: RunningStack, planter: Planter) -> None:
    victims, accounts = await planter.accounts(RIGHT), await planter.accounts(OWNERS)
    owners = Owners(stack.endpoints.gateway, accounts, await planter.devices(accounts))
    addresses = [f"127.{1 + number // 250}.{number % 250}.7" for number in range(ADDRESSES)]
    thief, isOver = Stuffing(stack.endpoints.gateway, addresses), asyncio.Event()

    signingIn = asyncio.create_task(owners.signInUntil(isOver, SIGN_INS))
    await thief.run(stolenList(victims, PAIRS, SEED))
    isOver.set()
    await signingIn

    entered = thief.of(True, "authenticated")
    told = f"thief {dict(thief.outcomes)}, owners {dict(owners.statuses)}"
    assert entered + thief.of(True, "secondFactorRequired") == RIGHT, told
    assert thief.of(False, "auth.invalidCredentials") == PAIRS - RIGHT, told
    assert entered <= MOST_ENTERED, told
    assert owners.statuses["authenticated"] >= 0.999 * owners.statuses.total(), told
    print(told)  # noqa: T201 - the figures of the trial


async def testWhoeverIsAttackedGetsInFromAnyDevice(stack: RunningStack, planter: Planter) -> None:
    """A hundred and fifty wrong passwords from as many addresses, and nobody is locked out."""
    [owner] = await planter.accounts(1)
    [device] = await planter.devices([owner])
    gateway = stack.endpoints.gateway
    for number in range(150):
        async with Wire(gateway, f"127.77.{number}.1") as wire:
            await tryHard(wire, owner.email, WRONG)
    async with Wire(gateway) as wire:
        body = {"email": owner.email, "password": PASSWORD}
        known = await wire.ask("POST", "/api/auth/login", device.headers, body)
    assert known.json()["status"] == "authenticated"
    for number in range(150):
        async with Wire(gateway, f"127.78.{number}.1") as wire:
            await tryHard(wire, owner.email, WRONG)
    assert (await signInByMail(stack, owner)).json()["status"] == "authenticated"


async def signInByMail(stack: RunningStack, owner: Account) -> Answer:
    """On a device nobody knows, with what the mailbox shows."""
    async with Wire(stack.endpoints.gateway, "127.79.0.1") as wire:
        half = await tryHard(wire, owner.email, PASSWORD)
        assert half.json()["methods"] == ["emailCode"], half.text
        code = await stack.mailbox.codeFor(owner.email)
        proof = {"challengeId": half.json()["challengeId"], "method": "emailCode", "code": code}
        return await wire.ask("POST", "/api/auth/login/second-factor", body=proof)
