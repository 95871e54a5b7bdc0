from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from KSysAdmin.backend.tests.conftest import Person, SqlConnection
from shared.backend.utils.uuid import generateId

START = datetime(2021, 3, 1, tzinfo=UTC)
END = START + timedelta(hours=240)
SOMEBODY = "01932b8e-0000-7000-8000-000000000001"
OTHER = "01932b8e-0000-7000-8000-000000000002"
ACTORS = (("user", SOMEBODY), ("user", OTHER), ("administrator", OTHER), ("system", SOMEBODY), ("bank", "user"))
DEEDS = (("user", "x.signedIn"), ("user", "x.suspended"), ("role", "xy.changed"), ("setting", "x.changed"))
APPEND = "SELECT append_audit_event($1, 'auth', $2, $3, $4, NULL, $5, $6, $7, NULL, NULL, NULL, NULL)"


@dataclass(frozen=True)
class Event:
    id: str
    at: datetime
    actorKind: str
    actorId: str
    action: str
    targetKind: str
    targetId: str

    def fits(self, actor: str, action: str, target: str, since: datetime | None, until: datetime | None) -> bool:
        """As the contract has it; a name of a sort goes before an id that happens to be spelled like it."""
        kinds = {kind for kind, _ in ACTORS}
        things = {thing for thing, _ in DEEDS}
        family = action.removesuffix("*")
        return (
            actor in ("", self.actorKind if actor in kinds else self.actorId)
            and target in ("", self.targetKind if target in things else self.targetId)
            and (self.action.startswith(family) if action.endswith((".", "*")) else action in ("", self.action))
            and (since is None or self.at >= since)
            and (until is None or self.at < until)
        )


@pytest.fixture(scope="module", name="events")
async def appendEvents(sql: SqlConnection) -> Sequence[Event]:
    """Newest first; every third moment is shared by two events."""
    choose = random.Random(7)
    events = []
    for number in range(240):
        (actorKind, actorId), (targetKind, action) = choose.choice(ACTORS), choose.choice(DEEDS)
        at = START + timedelta(hours=number - (number % 3 == 2))
        event = Event(str(generateId()), at, actorKind, actorId, action, targetKind, f"t-{choose.randrange(4)}")
        events.append(event)
        await sql.fetchval(APPEND, event.id, at, actorKind, actorId, action, targetKind, event.targetId)
    return sorted(events, key=lambda event: (event.at, event.id), reverse=True)


ASKED = itertools.product(
    ("", SOMEBODY, OTHER, "user", "system", "nobody"),
    ("", "x.signedIn", "x.", "x*", "xy.", "y.", "x"),
    ("", "t-1", "user", "setting", "nothing"),
    ((None, None), (START + timedelta(hours=50), START + timedelta(hours=180))),
)


async def testAnyMixOfFiltersFindsWhatFits(boss: Person, events: Sequence[Event]) -> None:
    for actor, action, target, (since, until) in ASKED:
        expected = [event.id for event in events if event.fits(actor, action, target, since, until)]
        given = {"actor": actor, "action": action, "target": target, "limit": "60"}
        given |= {"from": (since or START).isoformat(), "to": (until or END).isoformat()}
        query = {name: value for name, value in given.items() if value}
        assert await everyPage(boss, query) == expected, query


async def everyPage(boss: Person, query: dict[str, str]) -> list[str]:
    seen: list[str] = []
    while True:
        answer = await boss.get("/audit-events", **query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            return seen
        query = {**query, "cursor": page["nextCursor"]}
