from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from shared.backend.utils.clock import ClockInterface


class RemoveRateLimitPolicyService:
    """Removes a limit; the gateway forgets it within a second."""

    def __init__(self, openWork: OpenAdminWork, publisher: PublisherInterface, clock: ClockInterface) -> None:
        self._openWork, self._publisher, self._clock = openWork, publisher, clock

    async def execute(self, policyId: UUID, actor: AdminActor) -> None:
        at = self._clock.now()
        async with self._openWork() as work:
            publication = await work.publications.lock(PublicationName.RATE_LIMIT_POLICIES)
            policy = await work.policies.getForUpdate(policyId)
            before = policy.rule.model_dump(mode="json")
            await work.policies.remove(policy)
            publication.advance()
            published = (await readGatewayRules(work)).document()
            target = ("rateLimitPolicy", policyId)
            await work.audit.append(changeBy(actor.administratorId, "rateLimit.removed", target, at, before))
            await work.commit()

        await self._publisher.publishOrLeave(PublicationName.RATE_LIMIT_POLICIES, publication.version, published)
