"""What a page is told of a password while it is typed is what the registration decides."""

from __future__ import annotations

import asyncio

import pytest
from httpx import AsyncClient
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from zxcvbn_rs_py import zxcvbn

from KAuthApp.backend.application.input.judgePasswordInput import JudgePasswordInput
from KAuthApp.backend.application.services.judgePasswordService import JudgePasswordService
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from KAuthApp.backend.infrastructure.security.zxcvbnPasswordGuesser import ZxcvbnPasswordGuesser
from KAuthApp.backend.tests.fakes import NoGuesser
from KAuthApp.backend.tests.harness import PASSWORD, anEmail
from shared.backend.exceptions.errors import InvalidInputError
from shared.backend.loggingFactory import configureLogging
from shared.backend.passwords.guessEstimate import GuessEstimate
from shared.backend.passwords.passwordStrengthOutput import PasswordStrengthOutput

NAME, EMAIL = "Sari Wulandari", "sari.wulandari@example.com"
GUESSER, POLICY = ZxcvbnPasswordGuesser(), PasswordPolicy()
JUDGE = JudgePasswordService(PasswordPolicy, GUESSER)
PATH = "/api/auth/password/strength"
REFUSED = (
    "short",
    "correcthorsebatterystaple",
    "wulandari sari 2024",
    "aaaaaaaaaaaaaaaaaaaa",
    "x" * 129,
    "qwertyuiop12345",
)
TAKEN = (PASSWORD, "kucing hitam makan mangga", "Xk3vq8mZr1tYw0pL", "e\u0301" * 2 + " quiet harbour at dawn")
# pieces that guessers know, so that chance finds what is refused as well as what is taken
PIECES = st.sampled_from(
    ["sari", "wulandari", "password", "1990", "abc", "qwerty", "k-platform", " ", "kopi", "Ж", "a"]
)
TYPED = st.one_of(
    st.lists(PIECES, min_size=1, max_size=12).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=140),
)


def judge(password: str) -> PasswordStrengthOutput:
    return asyncio.run(JUDGE.execute(JudgePasswordInput(password=SecretStr(password), email=EMAIL, fullName=NAME)))


def refusalOf(password: str) -> InvalidInputError | None:
    """What a registration with this password is refused with."""
    try:
        POLICY.ensureAcceptable(normalisePassword(password), (EMAIL, NAME), GUESSER, field="password")
    except InvalidInputError as refusal:
        return refusal
    return None


@settings(max_examples=200)
@given(TYPED)
def testWhatIsCalledAcceptedIsAcceptedAndNothingElse(password: str) -> None:
    refusal, told = refusalOf(password), judge(password)
    assert told.isAccepted == (refusal is None)
    assert [(each.code, each.message) for each in told.reasons] == (
        [] if refusal is None else [(refusal.code, refusal.detail)]
    )
    assert told.score >= 2 if told.isAccepted else told.score <= 1


@pytest.mark.parametrize("password", [*REFUSED, *TAKEN])
async def testTheRegistrationSaysTheSame(client: AsyncClient, password: str) -> None:
    person = {"email": anEmail(), "fullName": NAME, "password": password}
    told = await client.post(PATH, json=person)
    registered = await client.post("/api/auth/register", json=person)
    assert told.status_code == 200, told.text
    strength = told.json()
    assert strength["isAccepted"] == (registered.status_code == 202) == (password in TAKEN)
    errors = registered.json().get("errors", [])
    assert strength["reasons"] == [{"code": error["code"], "message": error["message"]} for error in errors]


async def testThePageNeedNotKnowWhoItIs(client: AsyncClient) -> None:
    answer = await client.post(PATH, json={"password": "wulandari sari 2024"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body", [{}, {"password": ""}, {"password": "x" * 1025}, {"password": PASSWORD, "email": "nobody"}, {"token": "x"}]
)
async def testTheBoundsAreThoseOfTheRegistration(client: AsyncClient, body: dict[str, str]) -> None:
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


async def testNoPasswordThatIsJudgedReachesTheLogOrTheAnswer(
    client: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configureLogging("DEBUG", "json")
    capsys.readouterr()
    typed = (*REFUSED[1:4], *TAKEN)
    for password in typed:
        answer = await client.post(PATH, json={"password": password, "email": EMAIL, "fullName": NAME})
        malformed = await client.post(PATH, json={"password": password, "email": password})
        assert (answer.status_code, malformed.status_code) == (200, 422)
        assert password not in answer.text + malformed.text
    await client.post("/api/auth/register", json={"email": EMAIL, "password": REFUSED[1]})
    captured = capsys.readouterr()
    lines = captured.out + captured.err
    assert "auth.passwordCompromised" in lines, "what is refused is logged by its code"
    for secret in (*typed, NAME, EMAIL):
        assert secret not in lines


@pytest.mark.parametrize(
    ("guessesLog10", "score"), [(0, 0), (2.9, 0), (3, 1), (6, 2), (8, 3), (9.9, 3), (10, 4), (40, 4)]
)
def testTheStepsAreThoseOfZxcvbn(guessesLog10: float, score: int) -> None:
    assert GuessEstimate(guessesLog10=guessesLog10, weakness=None).score == score


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20))
def testTheScoreIsTheOneThatZxcvbnGives(text: str) -> None:
    entropy = zxcvbn(text)
    # it gives itself five guesses' room at each step
    assume(all(abs(entropy.guesses_log10 - step) > 0.01 for step in (3, 6, 8, 10)))
    assert GuessEstimate(guessesLog10=entropy.guesses_log10, weakness=None).score == int(entropy.score)


def testWhatIsRefusedIsNeverShownAsGood() -> None:
    judgement = POLICY.judge(PASSWORD, (), NoGuesser("too well known", guessesLog10=30), field="password")
    assert (judgement.refusal is not None, judgement.score) == (True, 1)
