from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import (
    AdministratorMailKind,
    AdministratorMailWriterInterface,
)
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.policies.signInRules import BROWSER_LINK_LIFETIME, INVITATION_LIFETIME
from shared.backend.mail.mailSender import MailSenderInterface
from shared.backend.mail.renderer import MailRenderer
from shared.backend.mail.spellTime import spellTime

TEMPLATES: Final = Path(__file__).parent / "templates"


class TemplatedAdministratorMailWriter(AdministratorMailWriterInterface):
    """Mails from this service's templates. Links open pages; opening one spends nothing and proves nothing.

    A link's token stands behind `#`: browsers send that to no server, so it is in no log and no referrer.
    """

    def __init__(self, sender: MailSenderInterface, publicBaseUrl: str) -> None:
        self._sender, self._baseUrl = sender, publicBaseUrl.rstrip("/")
        self._renderer = MailRenderer(TEMPLATES)

    async def send(
        self, kind: AdministratorMailKind, administrator: Administrator, facts: Mapping[str, str], token: str | None
    ) -> None:
        locale = administrator.locale.value
        values: dict[str, object] = {
            **facts,
            "at": spellTime(datetime.fromisoformat(facts["at"]), locale),
            "securityLink": f"{self._baseUrl}/admin/security",
            "hours": int(INVITATION_LIFETIME.total_seconds() // 3600),
            "minutes": int(BROWSER_LINK_LIFETIME.total_seconds() // 60),
        }
        if token is not None:
            page = "browser" if kind is AdministratorMailKind.BROWSER_LINK else "invitation"
            values["link"] = f"{self._baseUrl}/admin/{page}#{token}"
        message = self._renderer.render(kind.value, locale, administrator.email, values)
        await self._sender.send(message)
