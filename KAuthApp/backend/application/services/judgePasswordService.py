from __future__ import annotations

from collections.abc import Callable

from KAuthApp.backend.application.input.judgePasswordInput import JudgePasswordInput
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from shared.backend.passwords.passwordStrengthOutput import PasswordStrengthOutput


class JudgePasswordService:
    """Tells how strong a new password is, by the policy that takes or refuses it later. Keeps nothing of it."""

    def __init__(self, policy: Callable[[], PasswordPolicy], guesser: PasswordGuesserInterface) -> None:
        self._policy, self._guesser = policy, guesser

    async def execute(self, asked: JudgePasswordInput) -> PasswordStrengthOutput:
        password = normalisePassword(asked.password.get_secret_value())
        email = "" if asked.email is None else EmailAddress.parse(asked.email).normalised
        ownWords = (email, asked.fullName or "")
        judgement = self._policy().judge(password, ownWords, self._guesser, field="password")
        return PasswordStrengthOutput.fromJudgement(judgement)
