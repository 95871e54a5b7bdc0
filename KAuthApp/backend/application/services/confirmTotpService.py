from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.confirmTotpInput import ConfirmTotpInput
from KAuthApp.backend.application.output.factorOutputs import TotpConfirmedOutput
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.factorChange import FactorChange, FactorNews
from KAuthApp.backend.application.signIn.recoveryCodes import RecoveryCodes
from KAuthApp.backend.domain.exceptions.authErrors import CodeInvalidError, TotpAlreadyOnError, TotpNotFoundError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.factorMethod import FactorMethod
from KAuthApp.backend.domain.policies.totp import matchingStep
from shared.backend.utils.clock import ClockInterface

TOTP: Final = str(FactorMethod.TOTP.value)
_ADDED: Final = FactorNews("auth.totpAdded", MailKind.FACTOR_ADDED, {"factor": TOTP}, shown=TOTP)
_ADDED_TO_ANOTHER: Final = replace(
    _ADDED, facts={**_ADDED.facts, "areCodesReplaced": "yes"}, told={"recoveryCodesReplaced": True}
)


class ConfirmTotpService:
    """The first right code makes an authenticator app count; it is spent like any other.

    Ten recovery codes are shown with it, always: those that an earlier factor brought are known by their hashes alone
    and cannot be shown again, so they are replaced.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        personal: PersonalSealerInterface,
        codes: RecoveryCodes,
        change: FactorChange,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._personal, self._codes, self._change = openWork, personal, codes, change
        self._clock = clock

    async def execute(
        self, proof: ConfirmTotpInput, identity: IdentityDTO
    ) -> tuple[TotpConfirmedOutput, RenewalOutput]:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(identity.userId)
            before = await work.users.secondFactorsOf(user.id)
            await self._confirm(work, user.id, proof.code, now)
            codes = await self._codes.renew(work, user.id, now)
            news = _ADDED_TO_ANOTHER if before.areOn else _ADDED
            renewed = await self._change.record(work, user, identity, news, now)
            await work.commit()

        return TotpConfirmedOutput(recoveryCodes=codes), await self._change.handOver(renewed, news)

    async def _confirm(self, work: AuthUnitOfWorkInterface, userId: UUID, code: str, now: datetime) -> None:
        totp = await work.totps.findOf(userId)
        if totp is None:
            raise TotpNotFoundError
        if totp.isConfirmed:
            raise TotpAlreadyOnError
        secret = totp.secretFor(await work.userKeys.find(userId), self._personal)
        step = None if secret is None else matchingStep(secret, code, now)
        if step is None or not await work.totps.confirm(userId, totp.secretSealed, step, now):
            raise CodeInvalidError
