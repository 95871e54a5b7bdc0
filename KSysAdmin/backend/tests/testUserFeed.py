from __future__ import annotations

import pytest

from KSysAdmin.backend.tests.conftest import Person
from KSysAdmin.backend.tests.testUsers import addUser


async def testTheFeedIsFollowedFromPlaceToPlace(boss: Person) -> None:
    start = None
    while (page := (await boss.get("/user-events", **({"after": start} if start else {}))).json())["items"]:
        start = page["nextCursor"]
    ids = [await addUser(boss.sql, f"feed-{number}@example.com") for number in range(3)]
    assert (await boss.post(f"/users/{ids[0]}/suspend", {"reason": "chargeback fraud"})).status_code == 200
    seen, after = [], start
    for _ in range(5):
        query = {"limit": "3", **({"after": after} if after else {})}
        page = (await boss.get("/user-events", **query)).json()
        seen += page["items"]
        after = page["nextCursor"]
    assert [(event["type"], event["userId"]) for event in seen] == [
        *(("user.registered", str(userId)) for userId in ids),
        ("user.suspended", str(ids[0])),
    ]
    assert "chargeback" not in str(seen), "why is between administrators"


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WyItMSJd", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ"])
async def testACursorOfSomethingElseIsRefused(boss: Person, cursor: str) -> None:
    answer = await boss.get("/user-events", after=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "paging.invalidCursor")
