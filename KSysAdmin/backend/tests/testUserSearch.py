from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from KSysAdmin.backend.infrastructure.database import userSearch
from KSysAdmin.backend.tests.conftest import Person, SqlConnection
from KSysAdmin.backend.tests.testUsers import addSession, addUser
from shared.backend.redis.client import RedisClient

PEOPLE = {
    "budi.santoso@gmail.example": "Budi Santoso",
    "agus.budi@gmail.example": "Agus Budiman",
    "o'brien@post.example": "Conan O'Brien",
    "siti_rahma-99@post.example": "Siti Rahma Müller",
    "ngo@pagoda.example": "Ngô Thị Ánh",
    "santoso@gmail.example": "",
}


@pytest.fixture(scope="module", name="people")
async def addPeople(sql: SqlConnection) -> dict[UUID, str]:
    return {await addUser(sql, email, fullName=name): email for email, name in PEOPLE.items()}


async def find(boss: Person, people: dict[UUID, str], query: str) -> set[str]:
    answer = await boss.get("/users", query=query)
    assert answer.status_code == 200, answer.text
    return {people[UUID(item["id"])] for item in answer.json()["items"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("budi", {"budi.santoso@gmail.example", "agus.budi@gmail.example"}),
        ("BUDI san", {"budi.santoso@gmail.example"}),
        ("santoso   budi", {"budi.santoso@gmail.example"}),
        ("budi.santoso@gmail.example", {"budi.santoso@gmail.example"}),
        ("Budi.Santoso@GM", {"budi.santoso@gmail.example"}),
        ("santoso@gmail.example", {"santoso@gmail.example"}),
        ("@gmail.example", {"budi.santoso@gmail.example", "agus.budi@gmail.example", "santoso@gmail.example"}),
        ("o'brien@post.example", {"o'brien@post.example"}),
        ("o'bri", {"o'brien@post.example"}),
        ("müll", {"siti_rahma-99@post.example"}),
        ("MÜLLER rahma 99", {"siti_rahma-99@post.example"}),
        ("ánh", {"ngo@pagoda.example"}),
        ("udi", set()),
        ("budi nobody", set()),
    ],
)
async def testWordsAreFoundByTheirBeginnings(
    boss: Person, people: dict[UUID, str], query: str, found: set[str]
) -> None:
    assert await find(boss, people, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "!",
        "&|!",
        "budi & | ",
        "a:*",
        "'",
        "\\",
        "''\\''",
        "budi:*@",
        "x@'",
        "x@\\",
        "<->",
        "()",
        "budi\\",
        "%",
        "_",
        "*",
    ],
)
async def testNothingThatIsTypedIsAnOperator(boss: Person, people: dict[UUID, str], query: str) -> None:
    everybody = set(people.values())
    assert await find(boss, people, query) < everybody, "no answer may be everybody"


async def testAnOperatorIsNoWord(boss: Person, people: dict[UUID, str]) -> None:
    assert await find(boss, people, "!budi") == await find(boss, people, "budi")
    assert await find(boss, people, "budi | conan") == set()


async def testANewNameIsFoundAtOnceAndTheOldOneNoMore(
    boss: Person, people: dict[UUID, str], sql: SqlConnection
) -> None:
    userId = await addUser(sql, "renamed@example.com", fullName="Before Marriage")
    await sql.execute("UPDATE user_account SET full_name = 'After Wedding' WHERE id = $1", userId)
    assert (await boss.get("/users", query="before marriage")).json()["items"] == []
    assert [item["id"] for item in (await boss.get("/users", query="after wed")).json()["items"]] == [str(userId)]


@pytest.mark.parametrize("walked", [1, 4, 10_000])
async def testPagesFollowEachOtherWhereverTheyWereFound(
    boss: Person, sql: SqlConnection, monkeypatch: pytest.MonkeyPatch, walked: int
) -> None:
    """Common words are found among the newest, rare ones by the index: what is listed is the same."""
    monkeypatch.setattr(userSearch, "WALKED", walked)
    domain = f"walked{walked}.example"
    ids = [str(await addUser(sql, f"p{number}@{domain}", fullName="Dewi")) for number in range(9)]
    await sql.execute("UPDATE user_account SET status = 'suspended', roles = '{}' WHERE id = ANY($1::uuid[])", ids[::4])
    expected = [each for each in reversed(ids) if each not in ids[::4]]
    seen: list[str] = []
    query = {"query": f"dew {domain}", "status": "active", "role": "merchant", "limit": "2"}
    cursor: dict[str, str] = {}
    while True:
        page = (await boss.get("/users", **query, **cursor)).json()
        seen += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert seen == expected


async def testLiveSessionsArePaged(boss: Person, sql: SqlConnection, redis: RedisClient) -> None:
    userId = await addUser(sql, "many-sessions@example.com")
    for _ in range(5):
        await addSession(sql, redis, userId)
    await sql.execute(
        "UPDATE user_session SET ended_at = now(), end_reason = 'logout' WHERE id ="
        " (SELECT max(id::text)::uuid FROM user_session WHERE user_id = $1)",
        userId,
    )
    await sql.execute(
        "UPDATE user_session SET idle_expires_at = $2 WHERE id ="
        " (SELECT min(id::text)::uuid FROM user_session WHERE user_id = $1)",
        userId,
        await sql.fetchval("SELECT now() - $1::interval", timedelta(minutes=1)),
    )
    first = (await boss.get(f"/users/{userId}/sessions", limit="2")).json()
    rest = (await boss.get(f"/users/{userId}/sessions", cursor=first["nextCursor"])).json()
    shown = [item["id"] for item in (*first["items"], *rest["items"])]
    live = await sql.fetch(
        "SELECT id FROM user_session WHERE user_id = $1 AND ended_at IS NULL AND idle_expires_at > now()"
        " ORDER BY created_at DESC, id DESC",
        userId,
    )
    assert shown == [str(row["id"]) for row in live]
    assert len(shown) == 3
    assert rest["nextCursor"] is None
