from __future__ import annotations

from datetime import datetime
from typing import Final

from KAuthApp.backend.domain.exceptions.authErrors import TooManyAttemptsError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy
from KAuthApp.backend.domain.policies.orderPolicy import PlacePolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clientNetwork import networkOf

logger = SystemLogger("kauth")

_WAIT_SECONDS: Final = 3600


class PlaceGuard:
    """Keeps one place from using up the reset codes of one account. An address nobody has is counted like any other."""

    def __init__(self, secrets: SecretMakerInterface, policy: PlacePolicy, counterPolicy: CounterPolicy) -> None:
        self._secrets, self._policy, self._counterPolicy = secrets, policy, counterPolicy

    async def maySend(self, work: AuthUnitOfWorkInterface, email: EmailAddress, device: Device, at: datetime) -> bool:
        """Whether a code that is ordered from here is mailed. Counted with the caller's commit."""
        ordered = await self._count(work, self._subject("order", email, device), at)
        if self._policy.isFirstNotSent(ordered):
            logger.security.warning("auth.orderNotSent", "one place asks for one address again and again")
        return self._policy.maySend(ordered)

    async def ensureMayTry(
        self, work: AuthUnitOfWorkInterface, email: EmailAddress, device: Device, at: datetime
    ) -> None:
        """Counted with the caller's commit. TooManyAttemptsError: nothing is counted then."""
        if not self._policy.mayTry(await self._count(work, self._subject("try", email, device), at)):
            logger.security.warning("auth.tryNotSeen", "one place guesses the codes of one address")
            raise TooManyAttemptsError(retryAfterSeconds=_WAIT_SECONDS)

    async def forgetTries(self, work: AuthUnitOfWorkInterface, email: EmailAddress, device: Device) -> None:
        """The code was right: what was wrong before was its owner mistyping."""
        await work.counters.forget({CounterKind.ORDER_PAIR: self._subject("try", email, device)})

    async def _count(self, work: AuthUnitOfWorkInterface, subject: str, at: datetime) -> int:
        counted = await work.counters.count({CounterKind.ORDER_PAIR: subject}, self._counterPolicy, at)
        return counted[CounterKind.ORDER_PAIR]

    def _subject(self, what: str, email: EmailAddress, device: Device) -> str:
        return self._secrets.counterKey("reset", what, email.normalised, networkOf(device.ip))
