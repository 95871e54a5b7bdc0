from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.mail.ownerNotices import OwnerNotices
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.sessionRenewer import RenewedSession, SessionRenewer
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from shared.backend.loggingFactory import SystemLogger

logger = SystemLogger("kauth")


@dataclass(frozen=True)
class FactorNews:
    """What has changed. `told` is for the audit trail, `facts` for the owner's eyes, `shown` the factor this very call
    has shown.
    """

    action: str
    mail: MailKind
    facts: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, JsonValue] = field(default_factory=dict)
    shown: str | None = None


class FactorChange:
    """What every change of a factor brings along: other sessions end, the own one goes on under another secret, what
    was half signed in is void, and the owner is told.
    """

    def __init__(self, renewer: SessionRenewer, notices: OwnerNotices) -> None:
        self._renewer, self._notices = renewer, notices

    async def record(
        self,
        work: AuthUnitOfWorkInterface,
        user: UserAccount,
        identity: IdentityDTO,
        news: FactorNews,
        at: datetime,
    ) -> RenewedSession:
        """The last thing before the commit; the account is locked."""
        renewed = await self._renewer.renew(
            work, identity, at, shown=news.shown, endOthers=SessionEndReason.FACTOR_CHANGED
        )
        facts = {"at": at.isoformat(), "device": renewed.session.deviceLabel, **news.facts}
        await self._notices.order(work, user, news.mail, at, facts)
        after: dict[str, JsonValue] = {"sessionsEnded": len(renewed.ended.now), **news.told}
        await work.audit.append(byUser(user.id, news.action, at, after=after))
        return renewed

    async def handOver(self, renewed: RenewedSession, news: FactorNews) -> RenewalOutput:
        """After the commit: what the router needs."""
        session = renewed.session
        logger.security.info(news.action, userId=str(session.userId), ended=len(renewed.ended.now))
        return await self._renewer.handOver(renewed)
