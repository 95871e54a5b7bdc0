from __future__ import annotations

from KSysAdmin.backend.application.output.auditOutput import AuditVerificationOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kadmin")


class VerifyAuditService:
    """Recomputes every hash of every chain and names the first row that does not fit."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self) -> AuditVerificationOutput:
        async with self._openWork() as work:
            verdicts = await work.auditEvents.verify()
        output = AuditVerificationOutput.of(verdicts, self._clock.now())
        for chain in (chain for chain in output.chains if chain.firstBadSeq is not None):
            logger.security.error("audit.tampered", "the chain is broken", chain=chain.chain, seq=chain.firstBadSeq)
        return output
