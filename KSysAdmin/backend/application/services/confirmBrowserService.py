from __future__ import annotations

from pydantic import SecretStr

from KSysAdmin.backend.application.input.signInInput import ConfirmBrowserInput
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import InvitationInvalidError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.models.administratorDevice import AdministratorDevice
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface


class ConfirmBrowserService:
    """Makes the browser that opens a mailed link a known one. It still owes the password and the second factor."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, confirmed: ConfirmBrowserInput, caller: SignInCaller) -> SecretStr:
        """What the browser is known by from now on."""
        at, deviceToken = self._clock.now(), CryptoFactory.randomToken()
        async with self._openWork() as work:
            link = await work.invitations.findOpen(hashCredential(confirmed.token.get_secret_value()), at)
            if link is None:
                raise InvitationInvalidError
            administrator = await work.administrators.getForUpdate(link.administratorId)
            if not administrator.canSignIn or not await work.invitations.spend(link.id, at):
                raise InvitationInvalidError
            device = AdministratorDevice.remember(administrator.id, hashCredential(deviceToken), caller.deviceLabel, at)
            await work.devices.add(device)
            target = ("administrator", administrator.id)
            after = {"device": device.label}
            await work.audit.append(
                changeBy(administrator.id, "administrator.browserConfirmed", target, at, after=after)
            )
            await work.commit()

        return SecretStr(deviceToken)
