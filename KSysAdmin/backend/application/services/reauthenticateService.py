from __future__ import annotations

from KSysAdmin.backend.application.input.signInInput import ReauthenticateInput
from KSysAdmin.backend.application.output.ownAccountOutput import ReauthenticatedOutput
from KSysAdmin.backend.application.output.signedInOutput import ReauthenticatedSession
from KSysAdmin.backend.application.signIn.factorChecker import FactorChecker
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.domain.exceptions.administratorErrors import CodeInvalidError
from KSysAdmin.backend.domain.exceptions.passkeyErrors import PasskeyRefusedError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.freshness import FRESH_FOR
from shared.backend.http.credentials import csrfTokenFor
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")


class ReauthenticateService:
    """Proves anew that it is still the same person. The session goes on under another secret, to the same end."""

    def __init__(
        self, openWork: OpenAdminWork, checker: FactorChecker, sessions: SessionOpener, clock: ClockInterface
    ) -> None:
        self._openWork, self._checker, self._sessions, self._clock = openWork, checker, sessions, clock

    async def execute(self, asked: ReauthenticateInput, actor: AdminActor) -> ReauthenticatedSession:
        at, proof = self._clock.now(), asked.proof
        async with self._openWork() as work:
            administrator = await work.administrators.getForUpdate(actor.administratorId)
            if not await self._checker.accepts(work, administrator, proof, actor.sessionId, at):
                await work.commit()  # the try counts although it is refused
                logger.security.warning(
                    "admin.reauthenticationRefused",
                    "refused",
                    administratorId=str(administrator.id),
                    method=proof.method,
                )
                raise PasskeyRefusedError if proof.method == "passkey" else CodeInvalidError
            renewed = await self._sessions.renew(work, actor, proof.method, at)
            await work.commit()

        handed = await self._sessions.handOver(renewed)
        secret = handed.sessionSecret
        output = ReauthenticatedOutput(
            authenticatedAt=at, freshUntil=at + FRESH_FOR, csrfToken=csrfTokenFor(secret.get_secret_value())
        )
        return ReauthenticatedSession(output=output, sessionSecret=secret, expiresAt=handed.expiresAt)
