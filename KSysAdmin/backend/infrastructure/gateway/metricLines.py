"""The metrics of our own gateway, in Prometheus' text format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from KSysAdmin.backend.domain.interfaces.gatewayInterface import GatewayNode, Verdicts

_LINE: Final = re.compile(r"([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (\S+)")
_LABEL: Final = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Sample:
    name: str
    labels: Mapping[str, str]
    value: float


def samplesOf(text: str) -> Iterator[Sample]:
    """Every line that is a sample; what is none is passed over."""
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is not None and (value := _number(found[3])) is not None:
            yield Sample(found[1], dict(_LABEL.findall(found[2] or "")), value)


def nodeFrom(url: str, text: str) -> GatewayNode:
    verdicts: dict[str, Verdicts] = {}
    versions: list[int] = []
    refusedSets = withoutRedis = penalties = 0
    for sample in samplesOf(text):
        match sample.name:
            case "gateway_limit_total":
                policyId = sample.labels.get("policy", "")
                verdicts[policyId] = verdicts.get(policyId, Verdicts()).plus(_verdict(sample))
            case "gateway_policies_version":
                versions.append(int(sample.value))
            case "gateway_policies_refused_total":
                refusedSets += int(sample.value)
            case "gateway_breaker_open":
                withoutRedis += int(sample.value)
            case "gateway_limit_source_total" if sample.labels.get("source") == "penalty":
                penalties += int(sample.value)
            case _:
                pass
    return GatewayNode(url, True, min(versions, default=None), refusedSets, withoutRedis, penalties, verdicts)


def _verdict(sample: Sample) -> Verdicts:
    count = int(sample.value)
    match sample.labels.get("outcome"):
        case "allowed":
            return Verdicts(allowed=count)
        case "limited":
            return Verdicts(limited=count)
        case "shadowLimited":
            return Verdicts(shadowLimited=count)
        case _:
            return Verdicts()


def _number(text: str) -> float | None:
    """None for what is no finite number: no count is."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None
