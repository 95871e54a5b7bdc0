from __future__ import annotations

from KSysAdmin.backend.application.input.simulationInputs import ReplayInput
from KSysAdmin.backend.application.output.simulationOutputs import ReplayOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.gatewayInterface import GatewayInterface
from KSysAdmin.backend.domain.interfaces.gatewayLogInterface import GatewayLogInterface
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from shared.backend.utils.clock import ClockInterface


class ReplayRateLimitsService:
    """How other limits would have treated the requests of the log; nothing is counted and nothing changed."""

    def __init__(
        self, openWork: OpenAdminWork, gateway: GatewayInterface, log: GatewayLogInterface, clock: ClockInterface
    ) -> None:
        self._openWork, self._gateway, self._log, self._clock = openWork, gateway, log, clock

    async def execute(self, asked: ReplayInput) -> ReplayOutput:
        since, until = asked.period(self._clock.now())
        async with self._openWork() as work:
            rules = asked.applyTo(await readGatewayRules(work))

        logged = await self._log.read(since, until)
        return ReplayOutput.of(await self._gateway.replay(rules.document(), logged.lines), logged, rules)
