from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue

from shared.backend.utils.apiModel import OutputModel


class StreamStateOutput(OutputModel):
    """Where an event stream begins; `sequence` is that of the last event it already contains."""

    paymentId: UUID
    sequence: int
    data: Mapping[str, JsonValue]
