from __future__ import annotations

from collections.abc import Callable

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.changePasswordInput import ChangePasswordInput
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.application.signIn.passwordNotice import PasswordNotice
from KAuthApp.backend.application.signIn.passwordProver import PasswordProver
from KAuthApp.backend.application.signIn.sessionRenewer import SessionRenewer
from KAuthApp.backend.domain.exceptions.authErrors import CurrentPasswordWrongError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.models.userSession import Device, SessionEndReason
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class ChangePasswordService:
    """Sets a new password for who knows the present one, ends the other sessions and tells the owner; API keys stay.

    The session that asks goes on under another secret, and its browser alone stays known.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        prover: PasswordProver,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        policy: Callable[[], PasswordPolicy],
        notice: PasswordNotice,
        renewer: SessionRenewer,
        devices: DeviceMemory,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._prover, self._hasher = openWork, prover, hasher
        self._guesser, self._policy = guesser, policy
        self._notice, self._renewer, self._devices, self._clock = notice, renewer, devices, clock

    async def execute(self, change: ChangePasswordInput, identity: IdentityDTO, device: Device) -> RenewalOutput:
        proven = await self._prover.prove(change.currentPassword, identity)
        password = normalisePassword(change.newPassword.get_secret_value())
        self._policy().ensureAcceptable(password, proven.ownWords, self._guesser, field="newPassword")
        passwordHash = await self._hasher.hash(password)

        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(identity.userId)
            if user.passwordHash != proven.passwordHash:
                raise CurrentPasswordWrongError
            user.changePassword(passwordHash, now)
            renewed = await self._renewer.renew(work, identity, now, endOthers=SessionEndReason.PASSWORD_CHANGED)
            await self._devices.forget(work, user.id, exceptDevice=device)
            await self._notice.order(work, user, now)
            after = {"sessionsEnded": len(renewed.ended.now)}
            await work.audit.append(byUser(user.id, "auth.passwordChanged", now, after=after))
            await work.commit()

        logger.security.info("auth.passwordChanged", userId=str(identity.userId), ended=len(renewed.ended.now))
        return await self._renewer.handOver(renewed)
