from __future__ import annotations

from KSysAdmin.backend.application.input.simulationInputs import SimulateInput
from KSysAdmin.backend.application.output.simulationOutputs import SimulationOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.gatewayInterface import GatewayInterface
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules


class SimulateRateLimitsService:
    """Which limit would act on some requests, and when; nothing is counted and nothing changed."""

    def __init__(self, openWork: OpenAdminWork, gateway: GatewayInterface) -> None:
        self._openWork, self._gateway = openWork, gateway

    async def execute(self, asked: SimulateInput) -> SimulationOutput:
        async with self._openWork() as work:
            rules = asked.applyTo(await readGatewayRules(work))

        return SimulationOutput.of(await self._gateway.simulate(rules.document(), asked.traffic), rules)
