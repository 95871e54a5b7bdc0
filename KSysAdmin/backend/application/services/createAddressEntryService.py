from __future__ import annotations

from KSysAdmin.backend.application.output.addressEntryOutput import AddressEntryOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.addressEntry import AddressEntry
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.policies.addressRule import AddressRule
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from shared.backend.utils.clock import ClockInterface


class CreateAddressEntryService:
    """Puts a range on a list; the gateway follows within a second."""

    def __init__(self, openWork: OpenAdminWork, publisher: PublisherInterface, clock: ClockInterface) -> None:
        self._openWork, self._publisher, self._clock = openWork, publisher, clock

    async def execute(self, rule: AddressRule, actor: AdminActor, address: str) -> AddressEntryOutput:
        """`address` is where the administrator comes from: nobody shuts themselves out."""
        at = self._clock.now()
        rule.ensureSpares(address)
        async with self._openWork() as work:
            publication = await work.publications.lock(PublicationName.RATE_LIMIT_POLICIES)
            entry = AddressEntry.create(rule, at)
            await work.addressEntries.add(entry)
            publication.advance()
            published = (await readGatewayRules(work)).document()
            target, after = ("addressEntry", entry.id), rule.model_dump(mode="json")
            await work.audit.append(changeBy(actor.administratorId, "addressEntry.created", target, at, after=after))
            await work.commit()

        await self._publisher.publishOrLeave(PublicationName.RATE_LIMIT_POLICIES, publication.version, published)
        return AddressEntryOutput.of(entry)
