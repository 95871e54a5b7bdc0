from __future__ import annotations

from KSysAdmin.backend.application.output.penaltyBoxOutput import PenaltyBoxOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from KSysAdmin.backend.domain.policies.penaltyRule import PenaltyRule
from shared.backend.utils.clock import ClockInterface


class ChangePenaltyBoxService:
    """Changes what happens to callers who keep hitting limits; the gateway follows within a second."""

    def __init__(self, openWork: OpenAdminWork, publisher: PublisherInterface, clock: ClockInterface) -> None:
        self._openWork, self._publisher, self._clock = openWork, publisher, clock

    async def execute(self, rule: PenaltyRule, actor: AdminActor) -> PenaltyBoxOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            publication = await work.publications.lock(PublicationName.RATE_LIMIT_POLICIES)
            box = await work.penaltyBox.get()
            before, after = box.rule.model_dump(mode="json"), rule.model_dump(mode="json")
            box.replace(rule, at)
            await work.penaltyBox.save(box)
            publication.advance()
            published = (await readGatewayRules(work)).document()
            target = ("penaltyBox", "gateway")
            await work.audit.append(changeBy(actor.administratorId, "penaltyBox.changed", target, at, before, after))
            await work.commit()

        await self._publisher.publishOrLeave(PublicationName.RATE_LIMIT_POLICIES, publication.version, published)
        return PenaltyBoxOutput.of(box)
