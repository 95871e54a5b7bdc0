from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from KSysAdmin.backend.application.output.auditOutput import AuditEventOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import AuditFilter
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.models.auditEvent import AuditEvent
from KSysAdmin.backend.domain.models.userKey import UserKey
from KSysAdmin.backend.domain.policies.userSuspension import withReasonOpened
from shared.backend.personalSealer import AUDIT_PURPOSE
from shared.backend.utils.paging import Page, PageInput


class ListAuditEventsService:
    """Shows the audit. What is sealed with a user's key is opened; of who was erased it stays closed."""

    def __init__(self, openWork: OpenAdminWork, personal: PersonalOpenerInterface) -> None:
        self._openWork, self._personal = openWork, personal

    async def execute(self, wanted: AuditFilter, page: PageInput) -> Page[AuditEventOutput]:
        async with self._openWork() as work:
            events = await work.auditEvents.listPage(wanted, page)
            people = {person for event in events.items for person in (event.userId, event.targetUserId) if person}
            keys = await work.userKeys.keysOf(people)
        return Page[AuditEventOutput](
            items=[self._shown(event, keys) for event in events.items], nextCursor=events.nextCursor
        )

    def _shown(self, event: AuditEvent, keys: Mapping[UUID, UserKey]) -> AuditEventOutput:
        key = None if event.targetUserId is None else keys.get(event.targetUserId)
        before = withReasonOpened(event.beforeState, key, self._personal)
        after = withReasonOpened(event.afterState, key, self._personal)
        return AuditEventOutput.of(event, self._addressIn(event, keys), before, after)

    def _addressIn(self, event: AuditEvent, keys: Mapping[UUID, UserKey]) -> str | None:
        """As written, unless it is sealed; None when its key is gone."""
        if event.sealedAddress is None:
            return event.clientAddress
        key = None if event.userId is None else keys.get(event.userId)
        return None if key is None else self._personal.open(key, event.sealedAddress, AUDIT_PURPOSE)
