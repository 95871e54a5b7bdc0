from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field, JsonValue

from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import ChainVerdict
from KSysAdmin.backend.domain.models.auditEvent import AuditEvent
from shared.backend.utils.apiModel import OutputModel, Timestamp


class AuditEventOutput(OutputModel):
    id: UUID
    chain: str
    seq: int
    occurredAt: Timestamp
    actorKind: str
    actorId: str
    actingFor: str | None
    action: str
    targetKind: str
    targetId: str
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    requestId: str | None
    clientAddress: str | None = Field(
        description="Where it came from: a pseudonym of somebody who is not known, nothing of who was erased"
    )
    hash: str

    @classmethod
    def of(
        cls,
        event: AuditEvent,
        clientAddress: str | None,
        before: dict[str, JsonValue] | None,
        after: dict[str, JsonValue] | None,
    ) -> AuditEventOutput:
        same = cls.model_fields.keys() - {"before", "after", "hash", "clientAddress"}
        facts: dict[str, object] = {name: getattr(event, name) for name in same}
        return cls.model_validate(
            {
                **facts,
                "before": before,
                "after": after,
                "hash": event.hash.hex(),
                "clientAddress": clientAddress,
            }
        )


class ChainVerdictOutput(OutputModel):
    """`firstBadSeq` names the first row that was altered, removed or moved; null when the chain is whole.

    Keep `headHash` elsewhere: as long as it comes back, nobody rewrote the chain from the start.
    """

    chain: str
    events: int
    firstBadSeq: int | None
    headHash: str


class AuditVerificationOutput(OutputModel):
    intact: bool
    verifiedAt: Timestamp
    chains: list[ChainVerdictOutput]

    @classmethod
    def of(cls, verdicts: Sequence[ChainVerdict], at: Timestamp) -> AuditVerificationOutput:
        return cls(
            intact=all(verdict.firstBadSeq is None for verdict in verdicts),
            verifiedAt=at,
            chains=[ChainVerdictOutput(**verdict.model_dump()) for verdict in verdicts],
        )
