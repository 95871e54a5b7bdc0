from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from KAuthApp.backend.domain.exceptions.authErrors import EmailNotVerifiedError, InvalidCredentialsError
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.signingKey import SigningKey
from KAuthApp.backend.domain.models.userAccount import UserLocale, UserStatus
from KAuthApp.backend.domain.models.userSession import Device, SessionClient, SessionEndReason, UserSession
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.devicePolicy import describeDevice
from KAuthApp.backend.domain.policies.refreshPolicy import RefreshPolicy
from KAuthApp.backend.domain.policies.sessionPolicy import PASSWORD_ALONE, SessionPolicy
from KAuthApp.backend.domain.policies.tokenPolicy import TokenPolicy
from KAuthApp.backend.tests.builders import CODES, NOON, SESSIONS, aCode, anAccount, aRefreshToken, aSession
from shared.backend.utils.uuid import generateId

OFFSETS = st.integers(-86_400, 86_400 * 60).map(lambda seconds: timedelta(seconds=seconds))


@given(st.lists(st.sampled_from(["right", "wrong", "other"]), max_size=12))
def testACodeIsTakenAtMostOnceAndNeverAfterFiveWrongTries(tries: list[str]) -> None:
    code = aCode(generateId())
    taken = [code.attempt(each, CODES, NOON) for each in tries]
    wrongBefore = tries.index("right") if "right" in tries else len(tries)
    assert sum(taken) == int("right" in tries and wrongBefore < CODES.mostTries)
    assert code.failedTries <= CODES.mostTries


@given(OFFSETS)
def testACodeIsTakenOnlyBeforeItExpires(offset: timedelta) -> None:
    assert aCode(generateId()).attempt("right", CODES, NOON + offset) == (offset < CODES.lifetime)


def testTheCodePolicyStopsAtItsMost() -> None:
    policy = CodePolicy(mostInWindow=2, mostInADay=5)
    assert [policy.mayIssue(issued, 0) for issued in range(4)] == [True, True, False, False]
    assert [policy.mayIssue(0, issued) for issued in (0, 4, 5, 6)] == [True, True, False, False]


def testTheLastQuarterOfCodesIsNotForStrangers() -> None:
    policy = CodePolicy(mostInWindow=8, mostInADay=20)
    assert [policy.mayIssue(issued, 0, isForStranger=True) for issued in (5, 6)] == [True, False]
    assert [policy.mayIssue(0, issued, isForStranger=True) for issued in (14, 15)] == [True, False]
    assert CodePolicy(mostInWindow=1, mostInADay=1).mayIssue(0, 0, isForStranger=True), "a stranger may be the owner"


@given(OFFSETS, OFFSETS)
def testASessionNeverOutlivesEitherEnd(seen: timedelta, asked: timedelta) -> None:
    policy = SessionPolicy(idle=timedelta(hours=1), absolute=timedelta(days=2))
    session = aSession(generateId(), policy=policy)
    session.touch(policy, NOON + seen)
    isLive = session.isLive(NOON + asked)
    assert isLive == (asked < min(seen + timedelta(hours=1), timedelta(days=2)))


def testTheFirstEndOfASessionCounts() -> None:
    session = aSession(generateId())
    session.end(SessionEndReason.LOGOUT, NOON)
    session.end(SessionEndReason.SUSPENDED, NOON + timedelta(days=1))
    assert (session.endedAt, session.endReason) == (NOON, SessionEndReason.LOGOUT)
    assert not session.isLive(NOON)


def testOnlyABrowserSessionHasASecret() -> None:
    with pytest.raises(ValueError, match="a browser session has a secret"):
        UserSession.open(generateId(), SessionClient.BROWSER, None, Device(), PASSWORD_ALONE, SESSIONS, NOON)
    with pytest.raises(ValueError, match="a browser session has a secret"):
        UserSession.open(generateId(), SessionClient.API, "hash", Device(), PASSWORD_ALONE, SESSIONS, NOON)


@given(st.integers(0, 120), st.booleans())
def testASuccessorIsRepeatedForHalfAMinuteAndUntilItIsUsed(seconds: int, successorUsed: bool) -> None:
    policy = RefreshPolicy()
    token = aRefreshToken(generateId())
    token.use(aRefreshToken(token.sessionId), "sealed", NOON)
    if successorUsed:
        token.forgetSuccessor()
    mayRepeat = token.repeatable(policy, NOON + timedelta(seconds=seconds)) is not None
    assert mayRepeat == (seconds <= 30 and not successorUsed)


def testARefreshTokenIsUsedOnce() -> None:
    token = aRefreshToken(generateId())
    token.use(aRefreshToken(token.sessionId), "sealed", NOON)
    with pytest.raises(ValueError, match="used once"):
        token.use(aRefreshToken(token.sessionId), "sealed", NOON)


def testAnUnverifiedAccountTellsSoOnlyToWhoKnowsThePassword() -> None:
    account = anAccount(active=False)
    with pytest.raises(EmailNotVerifiedError):
        account.ensureMaySignIn(account.passwordHash)
    with pytest.raises(InvalidCredentialsError):
        account.ensureMaySignIn("another hash")


def testASuspendedAccountAnswersAsAWrongPasswordDoes() -> None:
    account = anAccount()
    account.status = UserStatus.SUSPENDED
    with pytest.raises(InvalidCredentialsError):
        account.ensureMaySignIn(account.passwordHash)


def testConfirmingDoesNotLiftASuspension() -> None:
    account = anAccount()
    account.status = UserStatus.SUSPENDED
    account.confirmEmail(NOON)
    assert account.status == UserStatus.SUSPENDED


def testAProfileChangesWhereItIsAsked() -> None:
    account = anAccount()
    account.changeProfile(None, UserLocale.ID, NOON)
    assert (account.fullName, account.locale) == ("Sari Wulandari", UserLocale.ID)
    account.changeProfile("", None, NOON)
    assert (account.fullName, account.locale) == (None, UserLocale.ID)


@pytest.mark.parametrize(
    ("given_", "normalised"),
    [
        ("Sari@Example.COM", "sari@example.com"),
        (" sari@example.com ", "sari@example.com"),
        ("sari@bücher.example", "sari@xn--bcher-kva.example"),
        ("sari+shop@localhost", "sari+shop@localhost"),
        ("sari@mail.internal", "sari@mail.internal"),
    ],
)
def testAnAddressHasOneNormalForm(given_: str, normalised: str) -> None:
    assert EmailAddress.parse(given_).normalised == normalised


@pytest.mark.parametrize(
    "text", ["", "sari", "sari@", "@example.com", "sari@nodot", "a b@example.com", "x" * 255, "s\x00@a.com"]
)
def testWhatIsNoAddressIsRefused(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        EmailAddress.parse(text)


@given(st.text(max_size=60))
def testAnAcceptedAddressStaysTheSame(text: str) -> None:
    try:
        address = EmailAddress.parse(text)
    except ValueError:
        return
    assert EmailAddress.parse(address.asGiven) == address
    assert EmailAddress.parse(address.normalised).normalised == address.normalised


@pytest.mark.parametrize(
    ("userAgent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/139.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
    ],
)
def testADeviceIsDescribedInAFewWords(userAgent: str, label: str) -> None:
    assert describeDevice(userAgent) == label


@given(st.text(max_size=600))
def testAnyUserAgentFitsItsColumn(userAgent: str) -> None:
    assert 0 < len(describeDevice(userAgent)) <= 100


def aKey(signsFrom: datetime) -> SigningKey:
    return SigningKey.create("kid", "ES256", {"kty": "EC"}, "sealed", NOON, signsFrom)


@given(OFFSETS)
def testARetiredKeyStaysPublishedUntilItsLastTokenHasExpired(offset: timedelta) -> None:
    policy = TokenPolicy(issuer="https://k.example")
    key = aKey(NOON)
    key.retire(NOON + timedelta(hours=1), policy)
    at = NOON + offset
    lastTokenEnd = NOON + timedelta(hours=1) + policy.accessTokenLifetime
    assert key.signs(at) == (NOON <= at < NOON + timedelta(hours=1))
    assert key.isPublished(at) or at > lastTokenEnd


def testAKeyNeverKeepsItsPrivatePartInTheOpen() -> None:
    with pytest.raises(ValueError, match="private"):
        SigningKey.create("kid", "ES256", {"kty": "EC", "d": "secret"}, "sealed", NOON, NOON)
