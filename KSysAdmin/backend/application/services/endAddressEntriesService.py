from __future__ import annotations

from datetime import datetime

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.policies.adminAudit import changeBySystem
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from shared.backend.utils.clock import ClockInterface


class EndAddressEntriesService:
    """Takes the entries off their lists whose end has come."""

    def __init__(self, openWork: OpenAdminWork, publisher: PublisherInterface, clock: ClockInterface) -> None:
        self._openWork, self._publisher, self._clock = openWork, publisher, clock

    async def execute(self) -> int:
        """Always 0: all are ended at once."""
        at = self._clock.now()
        async with self._openWork() as work:
            isAnyOver = bool(await work.addressEntries.listEnded(at))
        if isAnyOver:
            await self._end(at)
        return 0

    async def _end(self, at: datetime) -> None:
        async with self._openWork() as work:
            publication = await work.publications.lock(PublicationName.RATE_LIMIT_POLICIES)
            # asked again under the lock: another server may have been quicker
            ended = await work.addressEntries.listEnded(at)
            if not ended:
                return
            for entry in ended:
                await work.addressEntries.remove(entry)
            publication.advance()
            published = (await readGatewayRules(work)).document()
            for entry in ended:
                await work.audit.append(changeBySystem("addressEntry.ended", ("addressEntry", entry.id), at))
            await work.commit()

        await self._publisher.publishOrLeave(PublicationName.RATE_LIMIT_POLICIES, publication.version, published)
