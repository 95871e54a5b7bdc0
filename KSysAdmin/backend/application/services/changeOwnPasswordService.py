from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from KSysAdmin.backend.application.input.signInInput import ChangeOwnPasswordInput
from KSysAdmin.backend.application.signIn.factorChange import FactorChange, FactorNews
from KSysAdmin.backend.domain.exceptions.administratorErrors import CurrentPasswordWrongError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KSysAdmin.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.passwordPolicy import normalisePassword, passwordPolicyFrom
from KSysAdmin.backend.domain.policies.signInRules import ownFailureKey
from KSysAdmin.backend.domain.policies.throttlePolicy import ThrottlePolicy
from shared.backend.cryptoFactory import HashPoolFullError
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")

NEWS: Final = FactorNews("administrator.passwordChanged", AdministratorMailKind.PASSWORD_SET)


class ChangeOwnPasswordService:
    """Sets a new password for who knows the present one. Half a sign-in by the old one is void, so is a mailed link.

    Wrong ones wait longer and longer, apart from those of sign-ins: who sits at an open session does not guess it.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        change: FactorChange,
        clock: ClockInterface,
        throttle: ThrottlePolicy,
    ) -> None:
        self._openWork, self._hasher, self._guesser = openWork, hasher, guesser
        self._change, self._clock, self._throttle = change, clock, throttle

    async def execute(self, asked: ChangeOwnPasswordInput, actor: AdminActor) -> None:
        password = await self._accept(asked.newPassword, actor)
        stored = await self._countTry(actor)
        try:
            passwordHash = await self._exchange(asked.currentPassword, stored, password, actor)
        except HashPoolFullError:
            await self._takeTryBack(actor)
            raise

        at = self._clock.now()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(actor.administratorId)
            if administrator.passwordHash != stored:
                raise CurrentPasswordWrongError
            administrator.changePassword(passwordHash, at)
            await work.signInFailures.clear(ownFailureKey(administrator.id))
            await work.challenges.voidAll(administrator.id, at)
            await work.invitations.voidAll(administrator.id, at)
            ended = await self._change.record(work, actor, NEWS, at)
            await work.commit()

        await self._change.spread(ended, at)

    async def _accept(self, asked: SecretStr, actor: AdminActor) -> str:
        async with self._openWork() as work:
            policy = passwordPolicyFrom(await work.settings.listAll())
        return policy.accept(asked.get_secret_value(), actor.email, self._guesser, field="newPassword")

    async def _exchange(self, given: SecretStr, stored: str | None, password: str, actor: AdminActor) -> str:
        """The hash of the new password, for who knows the present one."""
        if not await self._hasher.verify(normalisePassword(given.get_secret_value()), stored):
            administratorId = str(actor.administratorId)
            logger.security.warning("admin.currentPasswordWrong", "refused", administratorId=administratorId)
            raise CurrentPasswordWrongError
        return await self._hasher.hash(password)

    async def _takeTryBack(self, actor: AdminActor) -> None:
        """Nobody had time for it, so it does not count."""
        async with self._openWork() as work:
            await work.signInFailures.takeBack(ownFailureKey(actor.administratorId))
            await work.commit()

    async def _countTry(self, actor: AdminActor) -> str | None:
        """The stored password. The try counts before it is made: many at once are no more than one by one."""
        key = ownFailureKey(actor.administratorId)
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(actor.administratorId)
            at = self._clock.now()  # who waited for the lock comes after whoever held it
            failures, lastFailedAt = await work.signInFailures.findByKey(key) or (0, None)
            self._throttle.ensureMayTry(failures, lastFailedAt, at)
            await work.signInFailures.count(key, at)
            await work.commit()
        return administrator.passwordHash
