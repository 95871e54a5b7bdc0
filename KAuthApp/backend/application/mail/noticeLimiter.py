from __future__ import annotations

from typing import Final
from uuid import UUID

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy
from KAuthApp.backend.domain.policies.orderPolicy import NoticePolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")

CAUSED_BY_STRANGERS: Final = frozenset({MailKind.ADDRESS_KNOWN, MailKind.NEW_DEVICE})


class NoticeLimiter:
    """Keeps notices that a stranger can cause from filling somebody's mailbox."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        secrets: SecretMakerInterface,
        policy: NoticePolicy,
        counterPolicy: CounterPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._secrets, self._clock = openWork, secrets, clock
        self._policy, self._counterPolicy = policy, counterPolicy

    async def maySend(self, userId: UUID, kind: MailKind) -> bool:
        """Counts this one; False when there were too many of its kind lately. What is not sent is no part of a day."""
        subject = self._secrets.counterKey("notice", kind.value, str(userId))
        async with self._openWork() as work:
            isFew = self._policy.maySendNow(await self._count(work, CounterKind.NOTICE_HOUR, subject))
            isFew = isFew and self._policy.maySendToday(await self._count(work, CounterKind.NOTICE_DAY, subject))
            await work.commit()
        if not isFew:
            logger.security.warning("auth.noticeNotSent", kind=kind.value, userId=str(userId))
        return isFew

    async def _count(self, work: AuthUnitOfWorkInterface, kind: CounterKind, subject: str) -> int:
        counted = await work.counters.count({kind: subject}, self._counterPolicy, self._clock.now())
        return counted[kind]
