from __future__ import annotations

from KSysAdmin.backend.application.input.signInInput import AcceptInvitationInput
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.domain.exceptions.administratorErrors import InvitationInvalidError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KSysAdmin.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KSysAdmin.backend.domain.models.administrator import AdministratorStatus
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.passwordPolicy import passwordPolicyFrom
from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import ClockInterface


class AcceptInvitationService:
    """Sets the password with a one-time link, and tells of it by mail. A refused password does not use the link up;
    looking at it never does.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        notices: AdministratorNotices,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._guesser = openWork, hasher, guesser
        self._notices, self._clock = notices, clock

    async def execute(self, accepted: AcceptInvitationInput) -> None:
        tokenHash = hashCredential(accepted.token.get_secret_value())
        async with self._openWork() as work:
            invitation = await work.invitations.findOpen(tokenHash, self._clock.now())
            if invitation is None:
                raise InvitationInvalidError
            administrator = await work.administrators.getForUpdate(invitation.administratorId)
            policy = passwordPolicyFrom(await work.settings.listAll())
        password = policy.accept(accepted.password.get_secret_value(), administrator.email, self._guesser)
        passwordHash = await self._hasher.hash(password)

        at = self._clock.now()
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(invitation.administratorId)
            if administrator.status != AdministratorStatus.INVITED or not await work.invitations.spend(
                invitation.id, at
            ):
                raise InvitationInvalidError
            administrator.activate(passwordHash, at)
            await self._notices.tell(work, administrator.id, AdministratorMailKind.PASSWORD_SET, at)
            target = ("administrator", administrator.id)
            await work.audit.append(changeBy(administrator.id, "administrator.activated", target, at))
            await work.commit()
