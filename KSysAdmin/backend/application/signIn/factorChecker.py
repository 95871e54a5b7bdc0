from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.application.input.signInInput import FactorProofInput
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SecretKeeperInterface
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.policies.recoveryCodes import hashRecoveryCode
from KSysAdmin.backend.domain.policies.signInRules import totpContext
from KSysAdmin.backend.domain.policies.throttlePolicy import ThrottlePolicy
from KSysAdmin.backend.domain.policies.totp import matchingStep


class FactorChecker:
    """Decides whether a second factor holds, and uses it up. The caller has locked the administrator, and commits also
    after a refusal: a wrong code counts.
    """

    def __init__(
        self,
        keeper: SecretKeeperInterface,
        desk: PasskeyDesk,
        throttle: ThrottlePolicy,
        notices: AdministratorNotices,
    ) -> None:
        self._keeper, self._desk, self._throttle, self._notices = keeper, desk, throttle, notices

    async def accepts(
        self,
        work: AdminUnitOfWorkInterface,
        administrator: Administrator,
        proof: FactorProofInput,
        boundTo: UUID,
        at: datetime,
    ) -> bool:
        """`boundTo`: the sign-in or session a passkey's challenge was made for. TooManyTriesError while codes wait."""
        if proof.assertion is not None:
            return await self._desk.accepts(work, administrator, proof.assertion, boundTo, at)
        isRight = await self._acceptsCode(work, administrator.id, proof, at)
        if isRight:
            await work.factors.clearFailures(administrator.id)
        else:
            await work.factors.countFailure(administrator.id, at)
        return isRight

    async def _acceptsCode(
        self, work: AdminUnitOfWorkInterface, administratorId: UUID, proof: FactorProofInput, at: datetime
    ) -> bool:
        totp = await work.factors.findTotp(administratorId)
        if totp is not None:
            self._throttle.ensureMayTry(totp.failuresInARow, totp.lastFailedAt, at)
        if proof.method == "recoveryCode":
            return await self._acceptsRecoveryCode(work, administratorId, proof.code or "", at)
        if totp is None or totp.confirmedAt is None:
            return False
        secret = self._keeper.open(totp.sealedSecret, totpContext(administratorId))
        step = matchingStep(secret, proof.code or "", at)
        return step is not None and await work.factors.spendStep(administratorId, step)

    async def _acceptsRecoveryCode(
        self, work: AdminUnitOfWorkInterface, administratorId: UUID, code: str, at: datetime
    ) -> bool:
        codeHash = hashRecoveryCode(administratorId, code)
        if not await work.factors.spendRecoveryCode(administratorId, codeHash, at):
            return False
        left = {"codesLeft": str(await work.factors.countRecoveryCodes(administratorId))}
        await self._notices.tell(work, administratorId, AdministratorMailKind.RECOVERY_CODE_USED, at, left)
        return True
