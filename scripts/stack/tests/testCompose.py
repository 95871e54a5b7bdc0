from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import jsonschema_rs
import pytest
import yaml
from pydantic import JsonValue, TypeAdapter

from scripts.stack.paths import ROOT
from scripts.stack.processes import BY_NAME, PROCESSES, StackProcess

SCHEMA: Final = json.loads((Path(__file__).parent / "data" / "composeSpec.json").read_text())
COMPOSE: Final = TypeAdapter(dict[str, JsonValue]).validate_python(
    yaml.safe_load((ROOT / "docker-compose.yml").read_text())
)
SERVICES: Final = TypeAdapter(dict[str, dict[str, JsonValue]]).validate_python(COMPOSE["services"])


def testTheFileIsWhatTheSpecificationSays() -> None:
    known = {name: value for name, value in COMPOSE.items() if name != "name"}
    problems = [str(problem) for problem in jsonschema_rs.validator_for(SCHEMA).iter_errors(known)]
    assert problems == []


def testItsServicesAreThoseOfTheTable() -> None:
    assert set(SERVICES) == {process.name for process in PROCESSES} | {"secrets"}


@pytest.mark.parametrize("name", [process.name for process in PROCESSES if process.kind == "server"])
def testEveryServerSaysWhenItIsHealthy(name: str) -> None:
    assert "test" in TypeAdapter(dict[str, JsonValue]).validate_python(SERVICES[name]["healthcheck"])


@pytest.mark.parametrize("name", [process.name for process in PROCESSES])
def testNothingStartsBeforeWhatItNeeds(name: str) -> None:
    assert {need for need in BY_NAME[name].needs if need != "secrets"} <= _after(name)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def testFullProcessorsAreSharedAsTheTableSays(process: StackProcess) -> None:
    """Docker counts in parts of 1024, and what says nothing is not one of them."""
    assert SERVICES[process.name]["cpu_shares"] == process.precedence.weight * 1024 // 100


def testOnlyTheGatewayCanBeOpenedToTheNetwork() -> None:
    published = {name: str(service["ports"]) for name, service in SERVICES.items() if "ports" in service}
    assert "GATEWAY_HTTP_ADDRESS:-127.0.0.1" in published.pop("gateway")
    assert all("127.0.0.1:" in ports for ports in published.values())
    assert "publicServer" not in published
    assert "adminServer" not in published


def _after(name: str) -> set[str]:
    """Whatever is up before the service starts, through all that it depends on."""
    direct = TypeAdapter(dict[str, JsonValue]).validate_python(SERVICES[name].get("depends_on", {}))
    return set(direct) | {further for dependency in direct for further in _after(dependency)}
