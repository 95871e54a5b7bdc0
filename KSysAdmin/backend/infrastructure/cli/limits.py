"""`limits`: what the gateway lets through and what it refused; `limits try` and `limits replay` try limits out."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from KSysAdmin.backend.application.input.simulationInputs import ReplayInput, SimulateInput
from KSysAdmin.backend.application.output.addressEntryOutput import AddressEntryOutput
from KSysAdmin.backend.application.output.rateLimitPolicyOutput import RateLimitPolicyOutput
from KSysAdmin.backend.application.services.listAddressEntriesService import ListAddressEntriesService
from KSysAdmin.backend.application.services.listRateLimitPoliciesService import ListRateLimitPoliciesService
from KSysAdmin.backend.application.services.replayRateLimitsService import ReplayRateLimitsService
from KSysAdmin.backend.application.services.showLimitCountersService import ShowLimitCountersService
from KSysAdmin.backend.application.services.showPenaltyBoxService import ShowPenaltyBoxService
from KSysAdmin.backend.application.services.simulateRateLimitsService import SimulateRateLimitsService
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from KSysAdmin.backend.infrastructure.cli.limitTables import (
    addressLines,
    nodeLines,
    penaltyLine,
    policyLines,
    replayLines,
    simulationLines,
)
from KSysAdmin.backend.infrastructure.database.unitOfWork import adminWorkOn
from KSysAdmin.backend.infrastructure.gateway.gatewayAccessSettings import GatewayAccessSettings
from KSysAdmin.backend.infrastructure.gateway.gatewayLogFiles import GatewayLogFiles
from KSysAdmin.backend.infrastructure.gateway.privateGateway import openPrivateGateway
from shared.backend.config.settings import SettingsError, loadSettings
from shared.backend.database.engine import Database
from shared.backend.exceptions.errors import DomainError
from shared.backend.loggingFactory import configureLogging
from shared.backend.utils.clock import SystemClock
from shared.backend.utils.paging import MAX_LIMIT, Page, PageInput

FAILED: Final = 1
CLEAR_SCREEN: Final = "\x1b[H\x1b[J"


class CommandSettings(GatewayAccessSettings):
    databaseAdminUrl: SecretStr


class NoSuchLimitError(Exception):
    """A limit was named that there is not."""


@dataclass(frozen=True)
class Desk:
    """The use cases behind this command."""

    policies: ListRateLimitPoliciesService
    counters: ShowLimitCountersService
    addresses: ListAddressEntriesService
    penalty: ShowPenaltyBoxService
    simulate: SimulateRateLimitsService
    replay: ReplayRateLimitsService


def main(argv: Sequence[str]) -> int:
    """0 when it was shown; else 1 and a sentence on standard error."""
    asked = _parser().parse_args(argv)
    run: Callable[[Desk, argparse.Namespace], Awaitable[None]] = asked.run
    configureLogging("ERROR")  # what is wrong is said here, in a sentence
    try:
        asyncio.run(_with(loadSettings(CommandSettings), run, asked))
    except KeyboardInterrupt:
        return 0
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        sys.stderr.write(f"limits: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}\n")
        return FAILED
    except (DomainError, NoSuchLimitError, SettingsError, OSError, SQLAlchemyError) as error:
        sys.stderr.write(f"limits: {error}\n")
        return FAILED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="limits", description="Show the limits, what they did since the gateways started, and the address lists."
    )
    parser.add_argument("--watch", type=float, metavar="SECONDS", help="show it anew that often, until Ctrl-C")
    parser.set_defaults(run=_show)
    commands = parser.add_subparsers(title="trying limits out; nothing is counted and nothing changed")
    trial = commands.add_parser("try", help="would such requests be limited, by which limit and when?")
    trial.add_argument("method")
    trial.add_argument("path")
    trial.add_argument("--address", required=True, help="the address they come from")
    trial.add_argument("--user", type=UUID, help="the id of a user")
    trial.add_argument("--api-key", type=UUID, help="the id of an API key")
    trial.add_argument("--rate", type=float, default=1.0, help="requests a second (1)")
    trial.add_argument("--seconds", type=int, default=60, help="for how long (60)")
    trial.set_defaults(run=_try)
    replay = commands.add_parser("replay", help="how many requests of the last 24 hours would have been refused?")
    replay.set_defaults(run=_replay)
    for each in (trial, replay):
        each.add_argument(
            "--change", nargs=2, action="append", default=[], metavar=("NAME", "LIMIT/SECONDS"), help="as if it were so"
        )
        each.add_argument("--without", action="append", default=[], metavar="NAME", help="as if it were not there")
    return parser


async def _with(
    settings: CommandSettings, run: Callable[[Desk, argparse.Namespace], Awaitable[None]], asked: argparse.Namespace
) -> None:
    async with _openDesk(settings) as desk:
        await run(desk, asked)


@asynccontextmanager
async def _openDesk(settings: CommandSettings) -> AsyncIterator[Desk]:
    clock = SystemClock()
    database = Database(settings.databaseAdminUrl.get_secret_value(), poolSize=1, applicationName="manage")
    openWork = adminWorkOn(database, clock)
    gateway, log = openPrivateGateway(settings.privateUrls), GatewayLogFiles(settings.logFiles)
    try:
        yield Desk(
            policies=ListRateLimitPoliciesService(openWork),
            counters=ShowLimitCountersService(openWork, gateway, clock),
            addresses=ListAddressEntriesService(openWork),
            penalty=ShowPenaltyBoxService(openWork),
            simulate=SimulateRateLimitsService(openWork, gateway),
            replay=ReplayRateLimitsService(openWork, gateway, log, clock),
        )
    finally:
        await gateway.close()
        await database.close()


async def _show(desk: Desk, asked: argparse.Namespace) -> None:
    seconds: float | None = asked.watch
    if seconds is None:
        _say([line async for line in _overview(desk)])
        return
    while True:
        lines = [line async for line in _overview(desk)]
        sys.stdout.write(CLEAR_SCREEN)
        _say(lines)
        await asyncio.sleep(seconds)


async def _overview(desk: Desk) -> AsyncIterator[str]:
    counters = await desk.counters.execute()
    for line in policyLines(await _allPolicies(desk), counters):
        yield line
    entries = list(addressLines(await _allEntries(desk)))
    for line in ["", *entries] if entries else []:
        yield line
    yield ""
    yield penaltyLine(await desk.penalty.execute(), counters.penaltyRefusals)
    for line in nodeLines(counters):
        yield line


async def _try(desk: Desk, asked: argparse.Namespace) -> None:
    caller = {"address": asked.address, "user": asked.user, "apiKey": asked.api_key}
    simulation = await desk.simulate.execute(
        SimulateInput.model_validate(
            {
                "method": asked.method.upper(),
                "path": asked.path,
                "caller": caller,
                "ratePerSecond": asked.rate,
                "seconds": asked.seconds,
                **_changes(asked, await _allPolicies(desk)),
            }
        )
    )
    _say(simulationLines(simulation))


async def _replay(desk: Desk, asked: argparse.Namespace) -> None:
    changes = _changes(asked, await _allPolicies(desk))
    _say(replayLines(await desk.replay.execute(ReplayInput.model_validate(changes))))


def _changes(asked: argparse.Namespace, policies: Sequence[RateLimitPolicyOutput]) -> Mapping[str, object]:
    byName = {policy.name: policy for policy in policies}
    changed = [_changed(_named(byName, name), size) for name, size in asked.change]
    return {"changedPolicies": changed, "removedPolicies": [_named(byName, name).id for name in asked.without]}


def _named(byName: Mapping[str, RateLimitPolicyOutput], name: str) -> RateLimitPolicyOutput:
    policy = byName.get(name)
    if policy is None:
        raise NoSuchLimitError(f"there is no limit named {name}; there are: {', '.join(byName) or 'none'}")
    return policy


def _changed(policy: RateLimitPolicyOutput, size: str) -> Mapping[str, object]:
    limit, _, seconds = size.partition("/")
    rule = {name: getattr(policy, name) for name in RateLimitRule.model_fields}
    with suppress(ValueError):
        rule |= {"limit": int(limit), "windowSeconds": int(seconds or policy.windowSeconds)}
        return {**rule, "id": policy.id}
    raise NoSuchLimitError(f"{size} is no limit: write it as 10/60, ten requests in a minute")


async def _allPolicies(desk: Desk) -> list[RateLimitPolicyOutput]:
    page: Page[RateLimitPolicyOutput] = await desk.policies.execute(PageInput(limit=MAX_LIMIT))
    found = list(page.items)
    while page.nextCursor is not None:
        page = await desk.policies.execute(PageInput(limit=MAX_LIMIT, cursor=page.nextCursor))
        found += page.items
    return found


async def _allEntries(desk: Desk) -> list[AddressEntryOutput]:
    page: Page[AddressEntryOutput] = await desk.addresses.execute(PageInput(limit=MAX_LIMIT))
    found = list(page.items)
    while page.nextCursor is not None:
        page = await desk.addresses.execute(PageInput(limit=MAX_LIMIT, cursor=page.nextCursor))
        found += page.items
    return found


def _say(lines: Iterator[str] | Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
