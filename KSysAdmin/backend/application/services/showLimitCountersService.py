from __future__ import annotations

from KSysAdmin.backend.application.output.limitCountersOutput import LimitCountersOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.gatewayInterface import GatewayInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from shared.backend.utils.clock import ClockInterface


class ShowLimitCountersService:
    """What every limit has done since the gateways started."""

    def __init__(self, openWork: OpenAdminWork, gateway: GatewayInterface, clock: ClockInterface) -> None:
        self._openWork, self._gateway, self._clock = openWork, gateway, clock

    async def execute(self) -> LimitCountersOutput:
        async with self._openWork() as work:
            rules = await readGatewayRules(work)
            version = await work.publications.version(PublicationName.RATE_LIMIT_POLICIES)

        nodes = await self._gateway.readNodes()
        return LimitCountersOutput.of(nodes, rules, version, self._clock.now())
