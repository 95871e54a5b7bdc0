from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind, MailWriterInterface
from KAuthApp.backend.domain.models.userAccount import UserAccount
from shared.backend.mail.mailSender import MailSenderInterface
from shared.backend.mail.renderer import MailRenderer

TEMPLATES: Final = Path(__file__).parent / "templates"
_PAGES: Final = {MailKind.VERIFICATION: "verify", MailKind.PASSWORD_RESET: "reset-password"}


class TemplatedMailWriter(MailWriterInterface):
    """Mails from this service's templates. Links open pages; opening one spends nothing and proves nothing."""

    def __init__(self, sender: MailSenderInterface, publicBaseUrl: str, codeLifetime: timedelta) -> None:
        self._sender, self._baseUrl, self._codeLifetime = sender, publicBaseUrl, codeLifetime
        self._renderer = MailRenderer(TEMPLATES)

    async def send(self, kind: MailKind, user: UserAccount, code: str | None = None) -> None:
        page = _PAGES.get(kind)
        values: dict[str, object] = {
            "name": user.fullName,
            "link": f"{self._baseUrl}/auth/{page or 'sign-in'}?email={quoteAddress(user.emailAsGiven)}",
            "forgotLink": f"{self._baseUrl}/auth/forgot-password",
            "minutes": int(self._codeLifetime.total_seconds() // 60),
        }
        if code is not None:
            values["code"] = code
        message = self._renderer.render(kind.value, user.locale.value, user.emailAsGiven, values)
        await self._sender.send(message)


def quoteAddress(address: str) -> str:
    """Percent-encoded, digits too: in the text of a mail the code is the only run of six digits."""
    return "".join(
        character
        if character.isascii() and character.isalpha()
        else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in address
    )
