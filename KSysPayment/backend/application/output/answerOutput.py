from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from shared.backend.utils.apiModel import OutputModel


class StoredAnswerOutput(OutputModel):
    """The one answer of an idempotency key; `replayed` when it was given before."""

    status: int
    body: Mapping[str, JsonValue]
    replayed: bool = False


class SnapAnswerOutput(OutputModel):
    """What the bank gets back."""

    status: int
    body: Mapping[str, JsonValue]
