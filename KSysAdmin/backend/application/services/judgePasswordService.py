from __future__ import annotations

from pydantic import SecretStr

from KSysAdmin.backend.application.input.signInInput import JudgePasswordInput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KSysAdmin.backend.domain.policies.passwordPolicy import normalisePassword, passwordPolicyFrom
from shared.backend.http.credentials import hashCredential
from shared.backend.passwords.passwordStrengthOutput import PasswordStrengthOutput
from shared.backend.utils.clock import ClockInterface


class JudgePasswordService:
    """Tells how strong a new password is, by the policy that takes or refuses it later. Keeps nothing of it.

    A one-time link that is not open any more changes nothing here; choosing the password says so.
    """

    def __init__(self, openWork: OpenAdminWork, guesser: PasswordGuesserInterface, clock: ClockInterface) -> None:
        self._openWork, self._guesser, self._clock = openWork, guesser, clock

    async def execute(self, asked: JudgePasswordInput) -> PasswordStrengthOutput:
        async with self._openWork() as work:
            policy = passwordPolicyFrom(await work.settings.listAll())
            email = asked.email if asked.token is None else await self._addressOf(work, asked.token)
        password = normalisePassword(asked.password.get_secret_value())
        return PasswordStrengthOutput.fromJudgement(policy.judge(password, email, self._guesser))

    async def _addressOf(self, work: AdminUnitOfWorkInterface, token: SecretStr) -> str:
        invitation = await work.invitations.findOpen(hashCredential(token.get_secret_value()), self._clock.now())
        if invitation is None:
            return ""
        administrator = await work.administrators.find(invitation.administratorId)
        return "" if administrator is None else administrator.email
