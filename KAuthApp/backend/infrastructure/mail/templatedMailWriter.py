from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind, MailReceiver, MailWriterInterface
from KAuthApp.backend.domain.models.userAccount import UserLocale
from shared.backend.mail.mailSender import MailSenderInterface
from shared.backend.mail.renderer import MailRenderer
from shared.backend.mail.spellTime import spellTime as spellTime

TEMPLATES: Final = Path(__file__).parent / "templates"
_PAGES: Final = {MailKind.VERIFICATION: "verify", MailKind.PASSWORD_RESET: "reset-password"}


class TemplatedMailWriter(MailWriterInterface):
    """Mails from this service's templates. Links open pages; opening one spends nothing and proves nothing."""

    def __init__(self, sender: MailSenderInterface, publicBaseUrl: str, codeLifetime: timedelta) -> None:
        self._sender, self._baseUrl, self._codeLifetime = sender, publicBaseUrl, codeLifetime
        self._renderer = MailRenderer(TEMPLATES)

    async def send(
        self, kind: MailKind, receiver: MailReceiver, code: str | None = None, facts: Mapping[str, str] | None = None
    ) -> None:
        page = _PAGES.get(kind)
        values: dict[str, object] = {
            "name": receiver.fullName,
            "link": f"{self._baseUrl}/auth/{page or 'sign-in'}?email={quoteAddress(receiver.emailAsGiven)}",
            "forgotLink": f"{self._baseUrl}/auth/forgot-password",
            "accountLink": f"{self._baseUrl}/auth/",
            "apiKeysLink": f"{self._baseUrl}/auth/api-keys",
            "registerLink": f"{self._baseUrl}/auth/register",
            "minutes": int(self._codeLifetime.total_seconds() // 60),
        }
        values |= _told(facts or {}, receiver.locale)
        if facts is not None and "revertToken" in facts:
            values["revertLink"] = f"{self._baseUrl}/auth/email/revert#{facts['revertToken']}"
        if code is not None:
            values["code"] = code
        message = self._renderer.render(kind.value, receiver.locale.value, receiver.emailAsGiven, values)
        await self._sender.send(message)


def _told(facts: Mapping[str, str], locale: UserLocale) -> dict[str, object]:
    at = facts.get("at")
    return {**facts, **({} if at is None else {"at": spellTime(datetime.fromisoformat(at), locale)})}


def quoteAddress(address: str) -> str:
    """Percent-encoded, digits too: in the text of a mail the code is the only run of six digits."""
    return "".join(
        character
        if character.isascii() and character.isalpha()
        else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in address
    )
