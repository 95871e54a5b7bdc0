from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue, SecretStr

from KSysAdmin.backend.application.dto.createdAdministratorDTO import CreatedAdministratorDTO
from KSysAdmin.backend.domain.exceptions.administratorErrors import (
    AdministratorExistsError,
    FirstAdministratorMadeError,
)
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KSysAdmin.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KSysAdmin.backend.domain.models.administrator import Administrator, AdministratorStatus
from KSysAdmin.backend.domain.models.administratorInvitation import AdministratorInvitation
from KSysAdmin.backend.domain.models.role import OWNER_ROLE_NAME
from KSysAdmin.backend.domain.policies.adminAudit import changeByOperator
from KSysAdmin.backend.domain.policies.emailAddress import normaliseEmail
from KSysAdmin.backend.domain.policies.passwordPolicy import passwordPolicyFrom
from KSysAdmin.backend.domain.policies.signInRules import INVITATION_LIFETIME
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface


class CreateAdministratorService:
    """
    Makes an administrator with the owner's role, at the machine itself; there is no other way to the first one.

    Without a password the answer holds a one-time link. One who is still invited gets a new link, and the one before
    is void. Of any number of calls that find nobody there one makes the first administrator, the others are refused.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        clock: ClockInterface,
        publicBaseUrl: str,
    ) -> None:
        self._openWork, self._hasher, self._guesser, self._clock = openWork, hasher, guesser, clock
        self._publicBaseUrl = publicBaseUrl.rstrip("/")

    async def execute(self, email: str, password: SecretStr | None) -> CreatedAdministratorDTO:
        at = self._clock.now()
        address = normaliseEmail(email)
        async with self._openWork() as work:
            wantsFirst = not await work.administrators.isAnyThere()
        passwordHash = None if password is None else await self._hashAccepted(password, address)
        async with self._openWork() as work:
            await work.administrators.lockCreation()
            isFirst = not await work.administrators.isAnyThere()
            if wantsFirst and not isFirst:
                raise FirstAdministratorMadeError
            administrator = await self._addOrFindInvited(work, address, at)
            url = None
            if passwordHash is None:
                url = await self._invite(work, administrator, at)
            else:
                administrator.activate(passwordHash, at)
                await work.invitations.voidAll(administrator.id, at)
            facts: dict[str, JsonValue] = {
                "role": OWNER_ROLE_NAME,
                "by": "link" if passwordHash is None else "password",
                "isFirst": isFirst,
            }
            target = ("administrator", administrator.id)
            await work.audit.append(changeByOperator("administrator.created", target, at, after=facts))
            await work.commit()

        return CreatedAdministratorDTO(administratorId=administrator.id, email=address, invitationUrl=url)

    async def _hashAccepted(self, password: SecretStr, address: str) -> str:
        async with self._openWork() as work:
            policy = passwordPolicyFrom(await work.settings.listAll())
        return await self._hasher.hash(policy.accept(password.get_secret_value(), address, self._guesser))

    async def _addOrFindInvited(self, work: AdminUnitOfWorkInterface, address: str, at: datetime) -> Administrator:
        known = await work.administrators.findByEmail(address)
        if known is None:
            administrator = Administrator.invite(address, at)
            await work.administrators.add(administrator)
            await work.administrators.giveRole(administrator.id, (await work.roles.getByName(OWNER_ROLE_NAME)).id)
            return administrator
        locked = await work.administrators.getForUpdate(known.id)
        if locked.status != AdministratorStatus.INVITED:
            raise AdministratorExistsError(f"{address} is an administrator already")
        return locked

    async def _invite(self, work: AdminUnitOfWorkInterface, administrator: Administrator, at: datetime) -> SecretStr:
        token = CryptoFactory.randomToken()
        await work.invitations.replace(
            AdministratorInvitation.open(administrator.id, hashCredential(token), at, at + INVITATION_LIFETIME)
        )
        return SecretStr(f"{self._publicBaseUrl}/admin/invitation#{token}")
