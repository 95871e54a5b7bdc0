from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from KSysAdmin.backend.application.dto.outboxMessages import ADMIN_MAIL_TOPIC, AdministratorMailDTO
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from shared.backend.http.requestContext import currentRequest
from shared.backend.utils.deviceLabel import describeDevice

NOTHING_MORE: Final[Mapping[str, str]] = {}


class AdministratorNotices:
    """Orders mails that say what happened, when and where: sent when the transaction is committed, and only then."""

    async def tell(
        self,
        work: AdminUnitOfWorkInterface,
        administratorId: UUID,
        kind: AdministratorMailKind,
        at: datetime,
        facts: Mapping[str, str] = NOTHING_MORE,
    ) -> None:
        request = currentRequest.get()
        device = describeDevice("" if request is None else request.userAgent)
        told = {"at": at.isoformat(), "device": device, **facts}
        await work.outbox.add(ADMIN_MAIL_TOPIC, AdministratorMailDTO.payload(kind, administratorId, told))
