from __future__ import annotations

from pydantic import JsonValue

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.publisherInterface import PublisherInterface
from KSysAdmin.backend.domain.models.publication import PublicationName
from KSysAdmin.backend.domain.policies.gatewayRules import readGatewayRules
from KSysAdmin.backend.domain.policies.settingCatalogue import settingsDocument


class RepublishService:
    """
    Puts back what Redis lost, missed, or holds from another life of the database.

    The published version is read before the stored one. A change is published only after its commit, so what was
    published then can be newer than what is stored now only when the database went back.
    """

    def __init__(self, openWork: OpenAdminWork, publisher: PublisherInterface) -> None:
        self._openWork, self._publisher = openWork, publisher

    async def execute(self) -> int:
        """Always 0: once is enough until the next time."""
        for name in PublicationName:
            await self._republish(name)
        return 0

    async def _republish(self, name: PublicationName) -> None:
        published = await self._publisher.publishedVersion(name)
        async with self._openWork() as work:
            if published == await work.publications.version(name):
                return
            # the lock keeps content and version of one moment together
            version = (await work.publications.lock(name)).version
            content = await _contentOf(work, name)
        await self._publisher.publish(name, version, content, replacing=published)


async def _contentOf(work: AdminUnitOfWorkInterface, name: PublicationName) -> dict[str, JsonValue]:
    match name:
        case PublicationName.SETTINGS:
            return settingsDocument({key: each.value for key, each in (await work.settings.listAll()).items()})
        case PublicationName.RATE_LIMIT_POLICIES:
            return (await readGatewayRules(work)).document()
