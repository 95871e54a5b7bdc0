from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.domain.models.addressEntry import AddressEntry
from KSysAdmin.backend.domain.policies.addressRule import Verdict
from shared.backend.utils.apiModel import OutputModel, Timestamp


class AddressEntryOutput(OutputModel):
    id: UUID
    verdict: Verdict
    network: str
    name: str
    reason: str
    endsAt: Timestamp | None
    createdAt: Timestamp
    updatedAt: Timestamp

    @classmethod
    def of(cls, entry: AddressEntry) -> AddressEntryOutput:
        return cls.model_validate({name: getattr(entry, name) for name in cls.model_fields})
