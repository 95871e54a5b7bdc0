from __future__ import annotations

from KSysAdmin.backend.application.output.passwordPolicyOutput import PasswordPolicyOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.passwordPolicy import LONGEST, passwordPolicyFrom


class ShowPasswordPolicyService:
    """Tells what an administrator's password has to be at this moment."""

    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self) -> PasswordPolicyOutput:
        async with self._openWork() as work:
            policy = passwordPolicyFrom(await work.settings.listAll())
        return PasswordPolicyOutput(minLength=policy.minLength, maxLength=LONGEST)
