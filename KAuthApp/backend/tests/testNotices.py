"""What an owner is told of the account reaches the address it had then, and nobody once the owner is erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from httpx import AsyncClient

from KAuthApp.backend.application.dto.noticeDTO import NoticeDTO
from KAuthApp.backend.application.mail.noticeLimiter import NoticeLimiter
from KAuthApp.backend.application.services.sendNoticeService import SendNoticeService
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy
from KAuthApp.backend.domain.policies.orderPolicy import NoticePolicy
from KAuthApp.backend.infrastructure.mail.templatedMailWriter import TemplatedMailWriter
from KAuthApp.backend.infrastructure.security.cryptoPersonalSealer import CryptoPersonalSealer
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KAuthApp.backend.tests.builders import NOON, anAccount
from KAuthApp.backend.tests.fakes import FakeAuthWork
from KAuthApp.backend.tests.harness import AuthServer, CaughtMail, anEmail, codeIn
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.utils.clock import FixedClock

_KEY: Final = {"name": "Of a thief", "scopes": ["payment.read"]}


def keyMails(server: AuthServer, email: str) -> list[str]:
    return [mail.text for mail in server.mail.to(email) if "Of a thief" in mail.text]


async def makeKey(client: AsyncClient, csrf: Mapping[str, str]) -> None:
    answer = await client.post("/api/auth/api-keys", json=_KEY, headers=dict(csrf))
    assert answer.status_code == 201, answer.text


async def testAnAddressThatMovesBeforeItIsToldIsToldAllTheSame(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    asked = await client.post("/api/auth/email/change", json={"newEmail": newEmail}, headers=csrf)
    assert asked.status_code == 202
    await server.runJobs()
    codes = {"oldCode": codeIn(server.mail.to(person.email)[-1]), "newCode": codeIn(server.mail.to(newEmail)[-1])}
    await makeKey(client, csrf)
    moved = await client.post("/api/auth/email/change/confirm", json=codes, headers=csrf)
    assert moved.status_code == 200
    await server.runJobs()
    assert (len(keyMails(server, person.email)), keyMails(server, newEmail)) == (1, [])


async def testWhatWaitsForAnErasedOwnerGoesToNobody(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await makeKey(client, csrf)
    assert (await client.delete("/api/auth/account", headers=csrf)).status_code == 204
    await server.runJobs()
    assert keyMails(server, person.email) == []
    assert server.mail.to(person.email)[-1].subject == "Your account was erased"


async def testANoticeTellsWhenWhereAndWhat(crypto: CryptoFactory) -> None:
    work, caught, account = FakeAuthWork(), CaughtMail(), anAccount()
    work.users.rows[account.id] = account
    personal = CryptoPersonalSealer(crypto)
    key = await work.userKeys.addUnlessThere(personal.newKey(account.id, NOON))
    facts = {
        "at": "2026-11-21T16:57:50+00:00",
        "device": "Firefox on Linux",
        "factor": "passkey",
        "passkeyName": "Sari's <phone>",
    }
    order = NoticeDTO.order(MailKind.FACTOR_ADDED, account, facts, key, personal)
    assert not any(secret in str(order) for secret in ("Sari", "Firefox", account.email))
    maker, clock = CryptoSecretMaker(crypto), FixedClock(NOON)
    limiter = NoticeLimiter(lambda: work, maker, NoticePolicy(), CounterPolicy(), clock)
    writer = TemplatedMailWriter(caught, "http://localhost:8080", CodePolicy().lifetime)
    await SendNoticeService(lambda: work, writer, limiter, personal).execute(order)
    told = caught.sent[0].text
    for fact in ("21 November 2026, 16:57 UTC", "Firefox on Linux", "The passkey “Sari's <phone>”"):
        assert fact in told
    assert "Sari's &lt;phone&gt;" in (caught.sent[0].html or "")
