from __future__ import annotations

import time
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from KAuthApp.backend.domain.exceptions.authErrors import (
    PasswordCompromisedError,
    PasswordTooLongError,
    PasswordTooShortError,
)
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from KAuthApp.backend.infrastructure.security.zxcvbnPasswordGuesser import ZxcvbnPasswordGuesser
from KAuthApp.backend.tests.fakes import NoGuesser
from shared.backend.passwords.ownWords import splitWords

POLICY = PasswordPolicy()
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def judge(password: str, *ownWords: str) -> None:
    POLICY.ensureAcceptable(normalisePassword(password), ownWords, ZxcvbnPasswordGuesser(), field="password")


@given(ANY_TEXT)
def testLengthAloneDecidesInCodePointsAfterNfc(text: str) -> None:
    password = normalisePassword(text)
    fits = 15 <= len(unicodedata.normalize("NFC", text)) <= 128
    with suppress(PasswordTooShortError, PasswordTooLongError):
        POLICY.ensureAcceptable(password, (), NoGuesser(), field="password")
        assert fits
        return
    assert not fits


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def testNfcIsIdempotentAndJoinsBothSpellings(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert normalisePassword(decomposed) == normalisePassword(composed) == normalisePassword(composed)


@settings(max_examples=50)
@given(ANY_TEXT)
def testNothingAPersonTypesBreaksTheGuesser(text: str) -> None:
    with suppress(PasswordTooShortError, PasswordTooLongError, PasswordCompromisedError):
        judge(text, "sari.wulandari@example.com", "Sari Wulandari")


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "123456789012345",
        "qwertyuiopasdfghjklzxcvbnm",
        "correct horse battery staple",
        "Correct Horse Battery Staple",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "letmeinletmeinletmein",
        "1qaz2wsx3edc4rfv",
        "katasandikatasandi",
        "P@$$w0rdP@$$w0rd",
        "password" * 16,
        "q" * 128,
    ],
)
def testWhatGuessersTryFirstIsRefusedWithAReason(password: str) -> None:
    with pytest.raises(PasswordCompromisedError) as refusal:
        judge(password)
    assert password not in refusal.value.detail
    assert len(refusal.value.detail) > 10


@pytest.mark.parametrize(
    "password",
    [
        "sari.wulandari@example.com",
        "SariWulandari123",
        "wulandari sari 2024",
        "sari-wulandari-sari",
        "wulandariwulandari",
    ],
)
def testTheUsersOwnWordsAreNoPassword(password: str) -> None:
    with pytest.raises(PasswordCompromisedError):
        judge(password, "sari.wulandari@example.com", "Sari Wulandari")


@pytest.mark.parametrize(
    "password",
    [
        "a quiet harbour at dawn",
        "пятнадцать букв и одна лошадь",
        "五つの静かな港に雨が降り続く夜だった",
        "🦊🌧️🪵 marmalade 🧭🛶🪁🎻🧶",
        "kucing hitam makan mangga",
        "wulandari plants nine mango trees",
    ],
)
def testALongSentenceIsTaken(password: str) -> None:
    judge(password, "sari.wulandari@example.com", "Sari Wulandari")


@pytest.mark.parametrize("hard", ["4@8({[<3691!|1705$2%7+", "4836910527", "aB3$!xyz", "password"])
def testNoTextKeepsTheGuesserBusy(hard: str) -> None:
    guesser = ZxcvbnPasswordGuesser()
    startedAt = time.process_time()
    guesser.estimate((hard * 20)[:128], ("sari", "wulandari"))
    assert time.process_time() - startedAt < 0.2


def testAnOwnWordIsKnownWhateverIsReadAsALetterInIt() -> None:
    word = "vz3kd@q7!xw9h$m4tr"
    assert ZxcvbnPasswordGuesser().estimate(word, ()).weakness is None
    assert ZxcvbnPasswordGuesser().estimate(word, (word,)).weakness is not None


def testAStrongEndSavesAWeakBeginning() -> None:
    judge("a" * 60 + " lanterns and mangoes at dusk")


def testNoCompositionIsAskedFor() -> None:
    judge("lanternsandmangoesatdusk")


def testTheMinimumIsNeverSetUnderEight() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 8"):
        PasswordPolicy(minLength=7)


def testWordsAreTakenApart() -> None:
    words = splitWords(("sari.wulandari@example.com",))
    assert words == {"sari.wulandari@example.com", "sari", "wulandari", "example"}
