from __future__ import annotations

from typing import Final

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.factorChange import FactorChange, FactorNews
from KAuthApp.backend.application.signIn.recoveryCodes import RecoveryCodes
from KAuthApp.backend.domain.exceptions.authErrors import TotpNotFoundError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from shared.backend.utils.clock import ClockInterface

_REMOVED: Final = FactorNews("auth.totpRemoved", MailKind.FACTOR_REMOVED, {"factor": "totp"})


class RemoveTotpService:
    """Takes the authenticator app away; the recovery codes too when it was the last factor."""

    def __init__(
        self, openWork: OpenAuthWork, codes: RecoveryCodes, change: FactorChange, clock: ClockInterface
    ) -> None:
        self._openWork, self._codes, self._change, self._clock = openWork, codes, change, clock

    async def execute(self, identity: IdentityDTO) -> RenewalOutput:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(identity.userId)
            if not await work.totps.removeConfirmed(user.id):
                raise TotpNotFoundError
            await self._codes.removeWithLast(work, user.id)
            renewed = await self._change.record(work, user, identity, _REMOVED, now)
            await work.commit()

        return await self._change.handOver(renewed, _REMOVED)
