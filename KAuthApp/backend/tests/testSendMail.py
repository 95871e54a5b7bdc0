from __future__ import annotations

import pytest

from KAuthApp.backend.application.dto.outboxMessages import MailDTO
from KAuthApp.backend.application.services.sendMailService import SendMailService
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind, MailWriterInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserStatus
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.infrastructure.mail.templatedMailWriter import TemplatedMailWriter, quoteAddress
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KAuthApp.backend.infrastructure.security.cryptoSecretSealer import CryptoSecretSealer
from KAuthApp.backend.tests.builders import NOON, anAccount
from KAuthApp.backend.tests.fakes import FakeAuthWork
from KAuthApp.backend.tests.harness import CODE, CaughtMail
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.utils.clock import FixedClock

PENDING, ACTIVE, SUSPENDED = UserStatus.PENDING_VERIFICATION, UserStatus.ACTIVE, UserStatus.SUSPENDED


class RecordingWriter(MailWriterInterface):
    def __init__(self, fails: bool = False) -> None:
        self.sent: list[tuple[MailKind, str | None]] = []
        self._fails = fails

    async def send(self, kind: MailKind, user: UserAccount, code: str | None = None) -> None:
        if self._fails:
            raise ConnectionError("the mail server is away")
        self.sent.append((kind, code))


def serviceOn(
    work: FakeAuthWork, writer: MailWriterInterface, crypto: CryptoFactory, most: int = 10
) -> SendMailService:
    policy = CodePolicy(mostInWindow=most)
    maker, sealer = CryptoSecretMaker(crypto), CryptoSecretSealer(crypto)
    return SendMailService(lambda: work, writer, maker, sealer, policy, FixedClock(NOON))


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
        (MailKind.PASSWORD_CHANGED, ACTIVE, True),
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
    for kind in MailKind:
        order = MailDTO.to(kind, EmailAddress.parse("nobody@example.com"), CryptoSecretSealer(crypto))
        await serviceOn(work, writer, crypto).execute(order)
    assert (writer.sent, work.codes.rows, work.audit.entries) == ([], {}, [])


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
    code = "493027" if kind in {MailKind.VERIFICATION, MailKind.PASSWORD_RESET} else None
    await TemplatedMailWriter(caught, "http://localhost:8080", CodePolicy().lifetime).send(kind, account, code)
    message = caught.sent[0]
    assert message.subject
    assert CODE.findall(message.text) == ([] if code is None else [code])
    assert f'lang="{locale}"' in message.html
    assert "{{" not in message.text + message.html
    assert "http://localhost:8080/auth/" in message.text


def testDigitsOfAnAddressMakeNoRunInALink() -> None:
    quoted = quoteAddress("a123456é@example.com")
    assert quoted == "a%31%32%33%34%35%36%C3%A9%40example%2Ecom"
    assert CODE.search(quoted) is None
