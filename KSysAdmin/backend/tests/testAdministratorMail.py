from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind as Kind
from KSysAdmin.backend.domain.models.administrator import Administrator, AdministratorLocale
from KSysAdmin.backend.infrastructure.mail.templatedAdministratorMailWriter import TemplatedAdministratorMailWriter
from KSysAdmin.backend.tests.conftest import CaughtMail

AT = datetime(2026, 11, 21, 16, 57, tzinfo=UTC)
WHEN_AND_WHERE = {"at": AT.isoformat(), "device": "Firefox on <Linux>"}
# What each mail tells; a fact that is missing fails the test, since templates know no gaps.
FACTS = {
    Kind.INVITATION: {**WHEN_AND_WHERE, "by": "boss@example.com"},
    Kind.ACCESS_RESET: {**WHEN_AND_WHERE, "by": "boss@example.com"},
    Kind.BROWSER_LINK: {**WHEN_AND_WHERE, "address": "203.0.113.7"},
    Kind.NEW_DEVICE: {**WHEN_AND_WHERE, "address": "203.0.113.7"},
    Kind.PASSWORD_SET: WHEN_AND_WHERE,
    Kind.PASSKEY_COPIED: {**WHEN_AND_WHERE, "passkeyName": "Key <ring>"},
    Kind.FACTOR_ADDED: {**WHEN_AND_WHERE, "factor": "passkey", "passkeyName": "Key <ring>"},
    Kind.FACTOR_REMOVED: {**WHEN_AND_WHERE, "factor": "totp"},
    Kind.FACTOR_REPLACED: WHEN_AND_WHERE,
    Kind.RECOVERY_CODES_RENEWED: WHEN_AND_WHERE,
    Kind.RECOVERY_CODE_USED: {**WHEN_AND_WHERE, "codesLeft": "9"},
}
LINKS = {
    Kind.INVITATION: "invitation#the-token",
    Kind.ACCESS_RESET: "invitation#the-token",
    Kind.BROWSER_LINK: "browser#the-token",
}


@pytest.mark.parametrize("locale", AdministratorLocale)
@pytest.mark.parametrize("kind", Kind)
async def testEveryMailSaysWhatHappenedInBothLanguagesAndBothForms(kind: Kind, locale: AdministratorLocale) -> None:
    mail = CaughtMail()
    writer = TemplatedAdministratorMailWriter(mail, "https://k.example.com/")
    receiver = Administrator.invite("admin@example.com", AT, locale)
    token = "the-token" if kind in LINKS else None

    await writer.send(kind, receiver, FACTS[kind], token)

    message = mail.sent[0]
    assert message.to == "admin@example.com"
    assert message.subject
    assert "{{" not in message.text + message.html
    link = "https://k.example.com/admin/" + LINKS.get(kind, "security")
    assert link in message.text
    assert link in message.html
    told = {"codesLeft": "9", "address": "203.0.113.7", "by": "boss@example.com", "passkeyName": "Key <ring>"}
    for name in told.keys() & FACTS[kind].keys():
        assert told[name] in message.text
    assert "<Linux>" not in message.html
    assert "<ring>" not in message.html
    assert f'lang="{locale.value}"' in message.html
    if kind is not Kind.INVITATION:
        assert ("21 November 2026, 16:57 UTC" if locale == "en" else "21 November 2026 pukul 16.57 UTC") in message.text
    assert not re.search(r"\b(None|True|False)\b", message.text)


async def testTheLanguagesSayDifferentThings() -> None:
    mail = CaughtMail()
    writer = TemplatedAdministratorMailWriter(mail, "https://k.example.com")
    for kind in Kind:
        for locale in AdministratorLocale:
            await writer.send(kind, Administrator.invite("a@example.com", AT, locale), FACTS[kind], "t")
    subjects = [message.subject for message in mail.sent]
    assert len(set(subjects)) == len(subjects) == 2 * len(Kind)
