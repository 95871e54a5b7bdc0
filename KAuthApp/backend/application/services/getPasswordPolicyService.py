from __future__ import annotations

from collections.abc import Callable

from KAuthApp.backend.application.output.passwordPolicyOutput import PasswordPolicyOutput
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy


class GetPasswordPolicyService:
    """Tells what passwords have to be at this moment; an administrator may change it while the server runs."""

    def __init__(self, policy: Callable[[], PasswordPolicy]) -> None:
        self._policy = policy

    async def execute(self) -> PasswordPolicyOutput:
        policy = self._policy()
        return PasswordPolicyOutput(minLength=policy.minLength, maxLength=policy.maxLength)
