from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.output.accountExportOutput import AccountExport
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalDataInterface import PersonalDataReaderInterface
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class ExportAccountService:
    """Gives a person everything that every service stores of them, as it is read."""

    def __init__(self, openWork: OpenAuthWork, reader: PersonalDataReaderInterface, clock: ClockInterface) -> None:
        self._openWork, self._reader, self._clock = openWork, reader, clock

    async def execute(self, identity: IdentityDTO) -> AccountExport:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.get(identity.userId)
            key = await work.userKeys.find(user.id)
            await work.audit.append(byUser(user.id, "auth.accountExported", now))
            await work.commit()

        logger.security.info("auth.accountExported", userId=str(user.id))
        return AccountExport(exportedAt=now, userId=user.id, tables=self._reader.tables(user.id, key))
