"""What `limits` prints: plain text in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from KSysAdmin.backend.application.output.addressEntryOutput import AddressEntryOutput
from KSysAdmin.backend.application.output.limitCountersOutput import GatewayNodeOutput, LimitCountersOutput
from KSysAdmin.backend.application.output.penaltyBoxOutput import PenaltyBoxOutput
from KSysAdmin.backend.application.output.rateLimitPolicyOutput import RateLimitPolicyOutput
from KSysAdmin.backend.application.output.simulationOutputs import ReplayOutput, SimulationOutput

GAP: Final = "  "


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: int) -> Iterator[str]:
    """Lines of a table; the last `numbers` columns are numbers and end at the same place."""
    widths = [max(len(row[index]) for row in (header, *rows)) for index in range(len(header))]
    firstNumber = len(header) - numbers
    for row in (header, *rows):
        cells = [
            cell.rjust(width) if index >= firstNumber else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield GAP.join(cells).rstrip()


def policyLines(policies: Sequence[RateLimitPolicyOutput], counters: LimitCountersOutput) -> Iterator[str]:
    isHeard = any(node.isReachable for node in counters.nodes)
    counted = {item.policyId: item for item in counters.items} if isHeard else {}
    rows = []
    for policy in policies:
        count = counted.get(str(policy.id))
        numbers = ["-"] * 3 if count is None else [str(count.allowed), str(count.limited), str(count.shadowLimited)]
        end = "…" if policy.match == "prefix" else ""
        state = policy.mode if policy.enabled else "off"
        rows.append([policy.name, f"{policy.method} {policy.path}{end}", policy.scope, _size(policy), state, *numbers])
    header = ["limit", "request", "counted per", "size", "mode", "allowed", "limited", "watched"]
    yield from columns(header, rows, numbers=3)


def _size(policy: RateLimitPolicyOutput) -> str:
    if policy.kind == "concurrency":
        return f"{policy.limit} at once"
    burst = "" if policy.burst is None else f", {policy.burst} at once"
    cost = "" if policy.cost == 1 else f", {policy.cost} each"
    return f"{policy.limit} in {policy.windowSeconds} s{burst}{cost}"


def nodeLines(counters: LimitCountersOutput) -> Iterator[str]:
    for node in counters.nodes:
        yield f"gateway {node.url}: {_state(node, counters.version)}"


def _state(node: GatewayNodeOutput, version: int) -> str:
    if not node.isReachable:
        return "does not answer"
    isBehind = (node.policiesVersion or 0) < version
    facts = [
        f"version {node.policiesVersion} of {version}" if isBehind else f"version {version}",
        f"{node.refusedSets} sets refused" if node.refusedSets else "",
        f"{node.workersWithoutRedis} workers without Redis" if node.workersWithoutRedis else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def addressLines(entries: Sequence[AddressEntryOutput]) -> Iterator[str]:
    if not entries:
        return
    rows = [
        [
            entry.verdict,
            entry.network,
            entry.name,
            "never" if entry.endsAt is None else f"{entry.endsAt:%Y-%m-%d %H:%M} UTC",
            entry.reason,
        ]
        for entry in entries
    ]
    yield from columns(["list", "addresses", "name", "ends", "reason"], rows, numbers=0)


def penaltyLine(box: PenaltyBoxOutput, refused: int) -> str:
    if not box.enabled:
        return "penalty box: off"
    rule = f"{box.refusals} refusals in {box.withinSeconds} s are {box.penaltySeconds} s of penalty"
    return f"penalty box: {rule}; {refused} requests refused there"


def simulationLines(simulation: SimulationOutput) -> Iterator[str]:
    yield f"{simulation.admitted} would pass, {simulation.refused} would be refused"
    rows = [
        [item.name, item.mode or "", _moment(item.firstRefusedAtSeconds), str(item.refused), str(item.admitted)]
        for item in simulation.items
    ]
    if rows:
        yield from columns(["limit", "mode", "first refusal", "refused", "allowed"], rows, numbers=3)


def _moment(seconds: float | None) -> str:
    return "never" if seconds is None else f"after {seconds:g} s"


def replayLines(replay: ReplayOutput) -> Iterator[str]:
    yield f"{replay.refused} of {replay.total} requests would be refused; {replay.refusedThen} really were"
    if replay.firstAt is not None and replay.lastAt is not None:
        cut = "; there were more, the newest were taken" if replay.isCutOff else ""
        yield f"from {replay.firstAt:%Y-%m-%d %H:%M} to {replay.lastAt:%Y-%m-%d %H:%M} UTC{cut}"
    rows = [[item.name, item.mode or "", str(item.refused)] for item in replay.byPolicy]
    if rows:
        yield from columns(["limit", "mode", "refused"], rows, numbers=1)
