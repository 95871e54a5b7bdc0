from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, JsonValue, ValidationError

from KSysAdmin.backend.domain.exceptions.settingErrors import GatewayAwayError, RuleSetRefusedError
from KSysAdmin.backend.domain.interfaces.gatewayInterface import (
    Document,
    GatewayInterface,
    GatewayNode,
    PolicyOutcome,
    Replay,
    Simulation,
)
from KSysAdmin.backend.domain.policies.simulatedTraffic import SimulatedTraffic
from KSysAdmin.backend.infrastructure.gateway.metricLines import nodeFrom
from shared.backend.loggingFactory import SystemLogger

# Shorter than what the gateway itself waits for us.
ANSWER_SECONDS: Final = 40.0
METRICS_SECONDS: Final = 1.5
CONNECT_SECONDS: Final = 1.0
MOST_CHARACTERS_OF_A_REASON: Final = 300

logger = SystemLogger("kadmin")


class _PolicyAnswer(BaseModel):
    policyId: str
    name: str = ""
    firstRefusedAtSeconds: float | None = None
    refused: int
    admitted: int = 0


class _SimulationAnswer(BaseModel):
    items: list[_PolicyAnswer]
    admitted: int
    refused: int


class _ReplayAnswer(BaseModel):
    total: int
    refused: int
    byPolicy: list[_PolicyAnswer]


Answer = TypeVar("Answer", bound=BaseModel)


class PrivateGateway(GatewayInterface):
    """The gateways' private ports. A question goes to the first that answers; counters come from all of them."""

    def __init__(self, http: httpx.AsyncClient, urls: Sequence[str]) -> None:
        self._http, self._urls = http, urls

    async def close(self) -> None:
        await self._http.aclose()

    async def simulate(self, document: Document, traffic: SimulatedTraffic) -> Simulation:
        asked = {"document": _whole(document), **traffic.model_dump(mode="json", exclude_none=True)}
        answer = await self._ask("/simulate", json.dumps(asked).encode(), "application/json", _SimulationAnswer)
        items = [PolicyOutcome(**item.model_dump()) for item in answer.items]
        return Simulation(items, answer.admitted, answer.refused)

    async def replay(self, document: Document, lines: Sequence[bytes]) -> Replay:
        first = json.dumps({"document": _whole(document)}).encode()
        body = b"\n".join((first, *lines)) + b"\n"
        answer = await self._ask("/replay", body, "application/x-ndjson", _ReplayAnswer)
        return Replay(answer.total, answer.refused, {item.policyId: item.refused for item in answer.byPolicy})

    async def readNodes(self) -> Sequence[GatewayNode]:
        return await asyncio.gather(*(self._readNode(url) for url in self._urls))

    async def _readNode(self, url: str) -> GatewayNode:
        try:
            async with asyncio.timeout(METRICS_SECONDS):
                response = await self._http.get(f"{url}/metrics")
        except (httpx.HTTPError, TimeoutError, OSError):
            return GatewayNode(url, isReachable=False)
        if response.status_code != HTTPStatus.OK:
            return GatewayNode(url, isReachable=False)
        return nodeFrom(url, response.text)

    async def _ask(self, path: str, body: bytes, contentType: str, kind: type[Answer]) -> Answer:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                response = await self._firstAnswer(path, body, contentType)
        except TimeoutError as error:
            raise GatewayAwayError("the gateway takes too long to answer") from error
        if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise RuleSetRefusedError(_reasonOf(response))
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            logger.error.error("gateway.misunderstood", "an answer of the private port cannot be read", exception=error)
            raise GatewayAwayError("the gateway's answer cannot be read") from error

    async def _firstAnswer(self, path: str, body: bytes, contentType: str) -> httpx.Response:
        for url in self._urls:
            response = await self._post(f"{url}{path}", body, contentType)
            if response is not None:
                return response
        raise GatewayAwayError

    async def _post(self, url: str, body: bytes, contentType: str) -> httpx.Response | None:
        try:
            response = await self._http.post(url, content=body, headers={"Content-Type": contentType})
        except httpx.HTTPError as error:
            logger.application.warning("gateway.silent", "a private port does not answer", kind=type(error).__name__)
            return None
        if response.status_code not in {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}:
            logger.application.warning("gateway.unable", "a private port refuses", status=response.status_code)
            return None
        return response


def openPrivateGateway(urls: Sequence[str]) -> PrivateGateway:
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    return PrivateGateway(httpx.AsyncClient(timeout=timeout, trust_env=False), urls)


def _whole(document: Document) -> Mapping[str, JsonValue]:
    """As it is published, of no version in particular."""
    return {"version": 0, **document}


def _reasonOf(response: httpx.Response) -> str:
    try:
        said = response.json()
    except ValueError:
        return ""
    reason = said.get("error") if isinstance(said, dict) else None
    return reason[:MOST_CHARACTERS_OF_A_REASON] if isinstance(reason, str) else ""
