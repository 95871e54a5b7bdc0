"""The rules between a guesser and a password, without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from KAuthApp.backend.domain.exceptions.authErrors import ProofRequiredError, TooManyAttemptsError
from KAuthApp.backend.domain.policies.counterPolicy import Tally
from KAuthApp.backend.domain.policies.guardPolicy import Entry, GuardPolicy, Standing
from KAuthApp.backend.domain.policies.pressurePolicy import Pressure, PressurePolicy
from KAuthApp.backend.domain.policies.proofPolicy import ProofPolicy
from KAuthApp.backend.tests.builders import NOON
from shared.backend.utils.clientNetwork import networkOf

POLICY = GuardPolicy()
LONGEST = timedelta(minutes=15)


def failed(times: int, ago: timedelta = LONGEST) -> Tally:
    return Tally(count=times, lastAt=NOON - ago)


def waitOf(tally: Tally) -> int:
    """Seconds until the next try of an address that failed so often, 0 when it may try now."""
    try:
        POLICY.ensureWaited(Standing(pair=tally), NOON)
    except TooManyAttemptsError as refusal:
        return refusal.retryAfterSeconds
    return 0


def testACleanStrangerIsLetIn() -> None:
    assert POLICY.judgeStranger(Standing(), hasProof=False, at=NOON) == Entry.OPEN


@pytest.mark.parametrize(
    "standing",
    [
        Standing(pair=failed(5)),
        Standing(account=failed(10)),
        Standing(address=failed(50)),
        Standing(lately=Pressure(tries=60, failures=30)),
        Standing(today=Pressure(tries=200, failures=100)),
    ],
)
def testFailuresAskForWorkFirst(standing: Standing) -> None:
    with pytest.raises(ProofRequiredError):
        POLICY.judgeStranger(standing, hasProof=False, at=NOON)
    assert POLICY.judgeStranger(standing, hasProof=True, at=NOON) in (Entry.OPEN, Entry.MAIL_CODE)


@pytest.mark.parametrize(
    "standing",
    [
        Standing(pair=failed(4)),
        Standing(account=failed(9)),
        Standing(address=failed(49)),
        Standing(lately=Pressure(tries=29, failures=29)),
        Standing(lately=Pressure(tries=90, failures=30)),
        Standing(today=Pressure(tries=1000, failures=400)),
    ],
)
def testAFewMistakesCostNothing(standing: Standing) -> None:
    assert POLICY.judgeStranger(standing, hasProof=False, at=NOON) == Entry.OPEN


def testWaitsDoubleUpToAQuarterOfAnHour() -> None:
    assert [waitOf(failed(times, timedelta(0))) for times in range(8, 15)] == [0, 0, 1, 2, 4, 8, 16]
    assert waitOf(failed(100, timedelta(0))) == 900


@given(st.integers(0, 10**6), st.timedeltas(timedelta(0), timedelta(days=1)))
def testNobodyWaitsLongerThanAQuarterOfAnHour(times: int, ago: timedelta) -> None:
    assert 0 <= waitOf(failed(times, ago)) <= LONGEST.total_seconds()
    assert waitOf(failed(times, LONGEST)) == 0


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def testNobodyWaitsForTheFailuresOfOthers(account: int, address: int) -> None:
    standing = Standing(account=failed(account, timedelta(0)), address=failed(address, timedelta(0)))
    assert POLICY.judgeStranger(standing, hasProof=True, at=NOON) in Entry


@given(st.integers(0, 300))
def testAfterAHundredFailuresOfStrangersOnlyTheMailboxLearnsWhatCameOfOne(times: int) -> None:
    entry = POLICY.judgeStranger(Standing(account=failed(times)), hasProof=True, at=NOON)
    assert (entry == Entry.BLIND) == (times >= 100)


def testAKnownDeviceWaitsForItsOwnFailuresAndThenLosesItsPath() -> None:
    for times in range(5):
        POLICY.judgeDevice(failed(times, timedelta(0)), NOON)
    for times in range(5, 10):
        assert POLICY.keepsDevice(failed(times))
        with pytest.raises(TooManyAttemptsError):
            POLICY.judgeDevice(failed(times, timedelta(0)), NOON)
        POLICY.judgeDevice(failed(times, timedelta(minutes=1)), NOON)
    assert not POLICY.keepsDevice(failed(10))


def testWhoWasOvertakenIsJudgedByWhatIsTrueNow() -> None:
    before = failed(9)
    assert before.overtakenBy(10, NOON) == before
    assert before.overtakenBy(13, NOON) == Tally(count=12, lastAt=NOON)


def testOneAddressAloneIsNoAttackOnThePlatform() -> None:
    policy = PressurePolicy()
    counted = sum(policy.counts(before) for before in range(1000))
    assert counted < policy.failuresLately
    assert counted * 3 >= policy.failuresLately


def testWorkRisesWithTheFailuresOfAnAddressAndUnderAnAttack() -> None:
    policy = ProofPolicy(rounds=10)
    rounds = [policy.roundsFor(Standing(address=failed(times)), isAttack=False) for times in (0, 50, 100, 300, 9999)]
    assert rounds == [10, 40, 160, 640, 640]
    assert policy.roundsFor(Standing(), isAttack=True) == 40


@pytest.mark.parametrize(
    ("one", "other", "isOne"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::1", "0.0.0.1", False),
        (None, "no address", True),
    ],
)
def testAnIpv6CustomerIsOneAddress(one: str | None, other: str, isOne: bool) -> None:
    assert (networkOf(one) == networkOf(other)) == isOne
