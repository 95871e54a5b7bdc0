from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import pytest

from KAuthApp.backend.application.dto.outboxMessages import MailDTO
from KAuthApp.backend.application.mail.codeIssuer import CodeIssuer
from KAuthApp.backend.application.mail.noticeLimiter import NoticeLimiter
from KAuthApp.backend.application.services.sendMailService import SendMailService
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind, MailReceiver, MailWriterInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserLocale, UserStatus
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy
from KAuthApp.backend.domain.policies.orderPolicy import NoticePolicy
from KAuthApp.backend.infrastructure.mail.templatedMailWriter import TemplatedMailWriter, quoteAddress, spellTime
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KAuthApp.backend.infrastructure.security.cryptoSecretSealer import CryptoSecretSealer
from KAuthApp.backend.tests.builders import NOON, anAccount
from KAuthApp.backend.tests.fakes import FakeAuthWork
from KAuthApp.backend.tests.harness import CODE, CaughtMail
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.utils.clock import FixedClock

PENDING, ACTIVE, SUSPENDED = UserStatus.PENDING_VERIFICATION, UserStatus.ACTIVE, UserStatus.SUSPENDED

_WHEN_AND_WHERE = {"at": "2026-11-21T16:57:50+00:00", "device": "Firefox on Linux"}
# What each notice tells; a fact that is missing fails the test, since templates know no gaps.
FACTS = {
    MailKind.FACTOR_ADDED: {**_WHEN_AND_WHERE, "factor": "passkey", "passkeyName": "Sari's <phone>"},
    MailKind.FACTOR_REMOVED: {**_WHEN_AND_WHERE, "factor": "totp"},
    MailKind.FACTORS_RESET: {"at": "2026-11-21T16:57:50+00:00"},
    MailKind.RECOVERY_CODES_RENEWED: _WHEN_AND_WHERE,
    MailKind.EMAIL_CHANGE_OLD: {"newEmail": "s…@example.com"},
    MailKind.EMAIL_CHANGE_NEW: {"newEmail": "s…@example.com"},
    MailKind.EMAIL_CHANGED: {
        "at": "2026-11-21T16:57:50+00:00",
        "step": "changedToOld",
        "newEmail": "s…@example.com",
        "revertToken": "the-secret-of-the-link",
        "revertDays": "7",
    },
    MailKind.ACCOUNT_ERASED: {"at": "2026-11-21T16:57:50+00:00"},
    MailKind.RECOVERY_CODE_USED: {**_WHEN_AND_WHERE, "codesLeft": "9"},
    MailKind.NEW_DEVICE: _WHEN_AND_WHERE,
    MailKind.SIGN_IN_CODE: _WHEN_AND_WHERE,
    MailKind.API_KEY_CREATED: {**_WHEN_AND_WHERE, "keyName": "My <shop>"},
    MailKind.NEW_DEVICE: _WHEN_AND_WHERE,
    MailKind.SIGN_IN_CODE: {"at": NOON.isoformat()},
    MailKind.PASSKEY_COPIED: {"at": NOON.isoformat(), "passkeyName": "My phone"},
}


WITH_CODE = {
    MailKind.SIGN_IN_CODE,
    MailKind.VERIFICATION,
    MailKind.PASSWORD_RESET,
    MailKind.EMAIL_CHANGE_OLD,
    MailKind.EMAIL_CHANGE_NEW,
    MailKind.SIGN_IN_CODE,
}


class RecordingWriter(MailWriterInterface):
    def __init__(self, fails: bool = False) -> None:
        self.sent: list[tuple[MailKind, str | None]] = []
        self._fails = fails

    async def send(
        self, kind: MailKind, receiver: MailReceiver, code: str | None = None, facts: Mapping[str, str] | None = None
    ) -> None:
        if self._fails:
            raise ConnectionError("the mail server is away")
        self.sent.append((kind, code))


def serviceOn(
    work: FakeAuthWork, writer: MailWriterInterface, crypto: CryptoFactory, most: int = 10
) -> SendMailService:
    policy = CodePolicy(mostInWindow=most)
    maker, sealer = CryptoSecretMaker(crypto), CryptoSecretSealer(crypto)
    codes = CodeIssuer(lambda: work, maker, policy, FixedClock(NOON))
    limiter = NoticeLimiter(lambda: work, maker, NoticePolicy(), CounterPolicy(), FixedClock(NOON))
    return SendMailService(lambda: work, writer, codes, limiter, sealer, FixedClock(NOON))


@pytest.mark.parametrize(
    ("kind", "status", "isSent"),
    [
        (MailKind.VERIFICATION, PENDING, True),
        (MailKind.VERIFICATION, ACTIVE, False),
        (MailKind.VERIFICATION, SUSPENDED, False),
        (MailKind.PASSWORD_RESET, PENDING, True),
        (MailKind.PASSWORD_RESET, ACTIVE, True),
        (MailKind.PASSWORD_RESET, SUSPENDED, False),
        (MailKind.ADDRESS_KNOWN, PENDING, False),
        (MailKind.ADDRESS_KNOWN, ACTIVE, True),
    ],
)
async def testAMailGoesOnlyToWhomItConcerns(
    crypto: CryptoFactory, kind: MailKind, status: UserStatus, isSent: bool
) -> None:
    work, writer, account = FakeAuthWork(), RecordingWriter(), anAccount()
    account.status = status
    work.users.rows[account.id] = account
    order = MailDTO.to(kind, EmailAddress.parse(account.email), CryptoSecretSealer(crypto))
    await serviceOn(work, writer, crypto).execute(order)
    assert [sent for sent, _ in writer.sent] == ([kind] if isSent else [])


async def testNobodyHasTheAddress(crypto: CryptoFactory) -> None:
    work, writer = FakeAuthWork(), RecordingWriter()
    for kind in (MailKind.VERIFICATION, MailKind.ADDRESS_KNOWN, MailKind.PASSWORD_RESET):
        order = MailDTO.to(kind, EmailAddress.parse("nobody@example.com"), CryptoSecretSealer(crypto))
        await serviceOn(work, writer, crypto).execute(order)
    assert (writer.sent, work.codes.rows, work.audit.entries) == ([], {}, [])


async def testANoticeThatAnOlderServerOrderedIsSent(crypto: CryptoFactory) -> None:
    work, caught, account = FakeAuthWork(), CaughtMail(), anAccount()
    work.users.rows[account.id] = account
    facts = FACTS[MailKind.FACTOR_ADDED]
    order = MailDTO.to(MailKind.FACTOR_ADDED, EmailAddress.parse(account.email), CryptoSecretSealer(crypto), facts)
    writer = TemplatedMailWriter(caught, "http://localhost:8080", CodePolicy().lifetime)
    await serviceOn(work, writer, crypto).execute(order)
    assert "Firefox on Linux" in caught.sent[0].text


async def testTheOrderDoesNotShowTheAddress(crypto: CryptoFactory) -> None:
    order = MailDTO.to(MailKind.VERIFICATION, EmailAddress.parse("sari@example.com"), CryptoSecretSealer(crypto))
    assert "sari" not in str(order)


async def testMoreCodesThanAllowedAreNotSent(crypto: CryptoFactory) -> None:
    work, writer, account = FakeAuthWork(), RecordingWriter(), anAccount(active=False)
    work.users.rows[account.id] = account
    order = MailDTO.to(MailKind.VERIFICATION, EmailAddress.parse(account.email), CryptoSecretSealer(crypto))
    for _ in range(5):
        await serviceOn(work, writer, crypto, most=3).execute(order)
    assert len(writer.sent) == 3
    assert len({code for _, code in writer.sent}) == 3
    assert sum(code.isOpen for code in work.codes.rows.values()) == 1


@pytest.mark.parametrize(("isProven", "isGreeted"), [(False, False), (True, True)])
async def testANameThatAStrangerMayHaveWrittenIsNotMailed(
    crypto: CryptoFactory, isProven: bool, isGreeted: bool
) -> None:
    work, caught, account = FakeAuthWork(), CaughtMail(), anAccount(active=isProven)
    account.fullName = "you have won, see prize.example"
    work.users.rows[account.id] = account
    writer = TemplatedMailWriter(caught, "http://localhost:8080", CodePolicy().lifetime)
    kinds = [MailKind.PASSWORD_RESET] if isProven else [MailKind.PASSWORD_RESET, MailKind.VERIFICATION]
    for kind in kinds:
        order = MailDTO.to(kind, EmailAddress.parse(account.email), CryptoSecretSealer(crypto))
        await serviceOn(work, writer, crypto).execute(order)
    assert len(caught.sent) == len(kinds)
    assert any("prize.example" in f"{mail.text}{mail.html}" for mail in caught.sent) == isGreeted


async def testACodeWhoseMailWasNotTakenIsWithdrawn(crypto: CryptoFactory) -> None:
    work, account = FakeAuthWork(), anAccount(active=False)
    work.users.rows[account.id] = account
    order = MailDTO.to(MailKind.VERIFICATION, EmailAddress.parse(account.email), CryptoSecretSealer(crypto))
    with pytest.raises(ConnectionError):
        await serviceOn(work, RecordingWriter(fails=True), crypto).execute(order)
    assert work.codes.rows == {}


@pytest.mark.parametrize("locale", ["en", "id"])
@pytest.mark.parametrize("kind", list(MailKind))
async def testEveryMailHasTextAndHtmlInBothLanguages(kind: MailKind, locale: str) -> None:
    caught = CaughtMail()
    account = anAccount("person.19991231@example.com")
    account.locale = type(account.locale)(locale)
    account.fullName = "Agen 0070071"
    code = "493027" if kind in WITH_CODE else None
    writer = TemplatedMailWriter(caught, "http://localhost:8080", CodePolicy().lifetime)
    await writer.send(kind, account, code, FACTS.get(kind))
    message = caught.sent[0]
    assert message.subject
    assert CODE.findall(message.text) == ([] if code is None else [code])
    assert f'lang="{locale}"' in message.html
    assert "{{" not in message.text + message.html
    assert "http://localhost:8080/auth/" in message.text


def testAMomentIsSpelledInTheReadersLanguage() -> None:
    at = datetime(2026, 5, 3, 23, 7, tzinfo=timezone(timedelta(hours=7)))
    assert spellTime(at, UserLocale.EN) == "3 May 2026, 16:07 UTC"
    assert spellTime(at, UserLocale.ID) == "3 Mei 2026 pukul 16.07 UTC"


def testDigitsOfAnAddressMakeNoRunInALink() -> None:
    quoted = quoteAddress("a123456é@example.com")
    assert quoted == "a%31%32%33%34%35%36%C3%A9%40example%2Ecom"
    assert CODE.search(quoted) is None
