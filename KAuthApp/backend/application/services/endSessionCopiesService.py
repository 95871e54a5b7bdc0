from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from KAuthApp.backend.application.dto.outboxMessages import EndedSessionsDTO
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from shared.backend.utils.clock import ClockInterface


class EndSessionCopiesService:
    """Takes the copies of what is no longer good away; tried again until Redis is back."""

    def __init__(self, copies: SessionCopiesInterface, clock: ClockInterface) -> None:
        self._copies, self._clock = copies, clock

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        ended = EndedSessionsDTO.model_validate(message)
        now = self._clock.now()
        await self._copies.endSessions(ended.sessionIds, now)
        await self._copies.reread(ended.changed, now)
        for renewed in ended.renewed:
            await self._copies.renew(renewed.sessionId, renewed.retiredHash, now)
