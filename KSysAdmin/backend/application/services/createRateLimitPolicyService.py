from __future__ import annotations

from KSysAdmin.backend.application.output.rateLimitPolicyOutput import RateLimitPolicyOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.models.rateLimitPolicy import RateLimitPolicy
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from shared.backend.utils.clock import ClockInterface


class CreateRateLimitPolicyService:
    """Makes a limit; the gateway enforces it within a second."""

    def __init__(self, openWork: OpenAdminWork, publisher: PublisherInterface, clock: ClockInterface) -> None:
        self._openWork, self._publisher, self._clock = openWork, publisher, clock

    async def execute(self, rule: RateLimitRule, actor: AdminActor) -> RateLimitPolicyOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            publication = await work.publications.lock(PublicationName.RATE_LIMIT_POLICIES)
            policy = RateLimitPolicy.create(rule, at)
            await work.policies.add(policy)
            publication.advance()
            published = (await readGatewayRules(work)).document()
            target, after = ("rateLimitPolicy", policy.id), rule.model_dump(mode="json")
            await work.audit.append(changeBy(actor.administratorId, "rateLimit.created", target, at, after=after))
            await work.commit()

        await self._publisher.publishOrLeave(PublicationName.RATE_LIMIT_POLICIES, publication.version, published)
        return RateLimitPolicyOutput.of(policy)
