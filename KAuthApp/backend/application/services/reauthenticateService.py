from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import SecretStr

from KAuthApp.backend.application.dto.auditEntries import SESSION, byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.factorProofInput import FactorProofInput
from KAuthApp.backend.application.input.reauthenticateInput import ReauthenticateInput
from KAuthApp.backend.application.output.reauthenticatedOutput import ReauthenticatedOutput
from KAuthApp.backend.application.output.renewalOutput import RenewalOutput
from KAuthApp.backend.application.signIn.factorChecker import FactorChecker
from KAuthApp.backend.application.signIn.passwordProver import PasswordProver
from KAuthApp.backend.application.signIn.recoveryNotice import RecoveryNotice
from KAuthApp.backend.application.signIn.sessionRenewer import SessionRenewer
from KAuthApp.backend.domain.exceptions.authErrors import CurrentPasswordWrongError, SecondFactorInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind
from KAuthApp.backend.domain.models.userAccount import UserAccount
from shared.backend.exceptions.accessErrors import SecondFactorRequiredError
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class ReauthenticateService:
    """Lets a person show again that it is them, so that what needs a fresh sign-in opens to their session.

    With a second factor set up, the password is not enough. A browser's session goes on under another secret.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        prover: PasswordProver,
        checker: FactorChecker,
        notice: RecoveryNotice,
        renewer: SessionRenewer,
        freshFor: timedelta,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._prover, self._checker, self._notice = openWork, prover, checker, notice
        self._renewer, self._freshFor, self._clock = renewer, freshFor, clock

    async def execute(
        self, asked: ReauthenticateInput, identity: IdentityDTO
    ) -> tuple[ReauthenticatedOutput, RenewalOutput]:
        provenHash = None if asked.password is None else await self._prove(asked.password, identity)
        proof = asked.factorProof
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(identity.userId)
            if proof is None:
                await self._ensurePasswordIsEnough(work, user, provenHash)
            elif not await self._accepts(work, user, proof, identity, now):
                await work.commit()  # the try counts although it is refused
                logger.security.warning("auth.reauthenticationFailed", method=proof.method.value, userId=str(user.id))
                raise SecondFactorInvalidError
            shown = "password" if proof is None else str(proof.method.value)
            renewed = await self._renewer.renew(work, identity, now, shown=shown)
            if proof is not None:
                await self._notice.orderFor(work, user, proof.method, renewed.session.deviceLabel, now)
            target = (SESSION, identity.sessionId)
            await work.audit.append(byUser(user.id, "auth.reauthenticated", now, target, after={"method": shown}))
            await work.commit()

        logger.security.info("auth.reauthenticated", userId=str(user.id), method=shown)
        answer = ReauthenticatedOutput(authenticatedAt=now, freshUntil=now + self._freshFor)
        return answer, await self._renewer.handOver(renewed)

    async def _prove(self, password: SecretStr, identity: IdentityDTO) -> str:
        """The hash this password was right for; the slow part, before anything is locked."""
        async with self._openWork() as work:
            factors = await work.users.secondFactorsOf(identity.userId)
        if factors.areOn:
            raise SecondFactorRequiredError
        return (await self._prover.prove(password, identity)).passwordHash

    async def _ensurePasswordIsEnough(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, provenHash: str | None
    ) -> None:
        if user.passwordHash != provenHash:
            raise CurrentPasswordWrongError
        if (await work.users.secondFactorsOf(user.id)).areOn:
            raise SecondFactorRequiredError

    async def _accepts(
        self,
        work: AuthUnitOfWorkInterface,
        user: UserAccount,
        proof: FactorProofInput,
        identity: IdentityDTO,
        now: datetime,
    ) -> bool:
        return await self._checker.acceptsAnswering(
            work, user.id, proof, ChallengeKind.STEP_UP, identity.sessionId, now
        )
