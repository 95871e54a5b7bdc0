from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from KAuthApp.backend.domain.exceptions.authErrors import TooManyAttemptsError
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.domain.policies.factorThrottlePolicy import FactorThrottlePolicy
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy, isMultiFactor
from KAuthApp.backend.domain.policies.totp import matchingStep, newTotpSecret, stepAt
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KAuthApp.backend.tests.builders import NOON, aSession
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.utils.uuid import generateId

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
THROTTLE = FactorThrottlePolicy()


def testTheCodesAreThoseOfTheStandard() -> None:
    """RFC 6238, appendix B: the last six of the eight digits, SHA-1."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for second, digits in (
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (20_000_000_000, "353130"),
    ):
        assert matchingStep(secret, digits, datetime.fromtimestamp(second, UTC)) == second // 30


@given(MOMENTS, st.integers(-3, 3))
def testACodeIsGoodInItsStepAndOneToEitherSide(at: datetime, steps: int) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    step = stepAt(at) + steps
    code = pyotp.HOTP(secret).at(step)
    near = {pyotp.HOTP(secret).at(stepAt(at) + each): stepAt(at) + each for each in (-1, 0, 1)}
    assert matchingStep(secret, code, at) == near.get(code)
    if abs(steps) <= 1:
        assert matchingStep(secret, code, at) is not None


@given(MOMENTS, st.text(max_size=8))
def testWhatIsNoCodeMatchesNoStep(at: datetime, text: str) -> None:
    secret = newTotpSecret()
    codes = {pyotp.HOTP(secret).at(stepAt(at) + each) for each in (-1, 0, 1)}
    assert (matchingStep(secret, text, at) is not None) == (text in codes)


@given(st.integers(0, 200), st.integers(0, 3600))
def testATryIsAllowedOnlyAfterItsWaitAndNeverAfterTheHundredth(failures: int, seconds: int) -> None:
    at = NOON + timedelta(seconds=seconds)
    refused = refusalOf(failures, at)
    isExpected = failures < 100 and timedelta(seconds=seconds) >= THROTTLE.waitAfter(failures)
    assert (refused is None) == isExpected
    if refused is not None and failures < 100:
        assert refusalOf(failures, at + timedelta(seconds=refused.retryAfterSeconds)) is None


def refusalOf(failures: int, at: datetime) -> TooManyAttemptsError | None:
    """What is said to a try at this moment, the last wrong one having been at noon."""
    try:
        THROTTLE.ensureMayTry(failures, NOON, at)
    except TooManyAttemptsError as error:
        return error
    return None


@given(st.integers(0, 99))
def testEachWaitIsAtLeastAsLongAsTheOneBefore(failures: int) -> None:
    assert THROTTLE.waitAfter(failures) <= THROTTLE.waitAfter(failures + 1) <= timedelta(minutes=15)


def testWhoNeverFailedNeverWaits() -> None:
    THROTTLE.ensureMayTry(0, None, NOON)


class Guesser(RuleBasedStateMachine):
    """Somebody who guesses as fast as is allowed, while the owner signs in now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.failures, self.lastFailedAt = NOON, 0, NOON - timedelta(days=1)
        self.guesses: list[datetime] = []

    @rule(seconds=st.integers(0, 1200))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def guess(self) -> None:
        try:
            THROTTLE.ensureMayTry(self.failures, self.lastFailedAt, self.now)
        except TooManyAttemptsError:
            return
        self.failures, self.lastFailedAt = self.failures + 1, self.now
        self.guesses.append(self.now)

    @rule()
    def ownerSignsIn(self) -> None:
        try:
            THROTTLE.ensureMayTry(self.failures, self.lastFailedAt, self.now)
        except TooManyAttemptsError:
            return
        self.failures = 0
        self.guesses.clear()

    @invariant()
    def thereAreNeverMoreGuessesInARowThanAllowed(self) -> None:
        assert len(self.guesses) == self.failures <= THROTTLE.mostInARow
        slow = self.guesses[THROTTLE.freeTries :]
        gaps = [later - earlier for earlier, later in pairwise(slow)]
        assert all(gap >= THROTTLE.waitAfter(THROTTLE.freeTries + number) for number, gap in enumerate(gaps, start=1))


testAGuesserGetsNowhere = Guesser.TestCase


@given(st.lists(st.sampled_from(["wrong", "right"]), max_size=10), st.integers(0, 400))
def testAChallengeIsGoodOnceForFiveMinutesAndFiveTries(answers: list[str], seconds: int) -> None:
    policy, at = ChallengePolicy(), NOON + timedelta(seconds=seconds)
    challenge = SignInChallenge.open(ChallengeKind.SECOND_FACTOR, policy, NOON)
    taken = 0
    for answer in answers:
        if not challenge.isOpen(at):
            break
        if answer == "wrong":
            challenge.countFailure(policy, at)
            continue
        challenge.usedAt = at
        taken += 1
    wrongBefore = answers.index("right") if "right" in answers else len(answers)
    assert taken == int(seconds < 300 and "right" in answers and wrongBefore < 5)


@given(st.booleans(), st.integers(0, 3), st.integers(0, 10))
def testTheMethodsOfferedAreThoseTheAccountHas(hasTotp: bool, passkeys: int, codes: int) -> None:
    factors = SecondFactors(totp=hasTotp, passkeys=passkeys, recoveryCodesLeft=codes)
    assert factors.areOn == (hasTotp or passkeys > 0)
    assert ("totp" in factors.methods) == hasTotp
    assert ("passkey" in factors.methods) == (passkeys > 0)
    assert ("recoveryCode" in factors.methods) == (factors.areOn and codes > 0)
    assert bool(factors.methods) == factors.areOn


@pytest.mark.parametrize(
    ("methods", "isMulti"),
    [
        (["password"], False),
        (["password", "totp"], True),
        (["password", "passkey"], True),
        (["password", "recoveryCode"], True),
        (["passkey"], True),
    ],
)
def testASessionWithMoreThanAPasswordLivesShorter(methods: list[str], isMulti: bool) -> None:
    session = aSession(generateId(), authMethods=methods)
    assert isMultiFactor(methods) == isMulti
    assert session.expiresAt - NOON == (timedelta(hours=24) if isMulti else timedelta(days=30))
    assert session.idleExpiresAt - NOON == (timedelta(hours=1) if isMulti else timedelta(days=30))


@given(st.integers(0, 86_400 * 30), st.sampled_from(["password", "totp", "passkey", "recoveryCode"]))
def testProvingItAgainNeverMakesASessionLiveLonger(seconds: int, shown: str) -> None:
    policy = SessionPolicy()
    session = aSession(generateId())
    before, at = session.expiresAt, NOON + timedelta(seconds=seconds)
    session.reauthenticate(shown, policy, at)
    assert session.authenticatedAt == at
    assert session.idleExpiresAt <= session.expiresAt <= before
    assert session.authMethods == list(dict.fromkeys(["password", shown]))
    assert session.expiresAt <= policy.absoluteEnd(at, session.authMethods)


def testARotatedSessionKnowsOnlyItsNewSecret() -> None:
    session = aSession(generateId())
    old = session.secretHash
    assert session.rotate("new hash") == old
    assert session.secretHash == "new hash"


@given(data=st.data())
def testARecoveryCodeIsReadHoweverItIsTyped(crypto: CryptoFactory, data: st.DataObject) -> None:
    maker = CryptoSecretMaker(crypto)
    userId, code = generateId(), maker.newRecoveryCode()
    letters = [data.draw(st.sampled_from([each.lower(), each.upper()])) for each in code]
    typed = data.draw(st.sampled_from(["", " ", "-", " - "])).join(letters)
    assert maker.hashRecoveryCode(userId, typed) == maker.hashRecoveryCode(userId, code)
    assert maker.hashRecoveryCode(generateId(), code) != maker.hashRecoveryCode(userId, code)


def testRecoveryCodesAreDifferentAndLong(crypto: CryptoFactory) -> None:
    maker = CryptoSecretMaker(crypto)
    codes = [maker.newRecoveryCode() for _ in range(2000)]
    assert len(set(codes)) == 2000
    letters = {letter for code in codes for letter in code} - {"-"}
    assert {len(code.replace("-", "")) for code in codes} == {24}
    assert len(letters) ** 24 >= 2**112, "enough for a plain hash (ASVS 6.5.2)"
    assert not letters & set("01lio")
