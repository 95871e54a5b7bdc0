from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from httpx import AsyncClient, Response

from KAuthApp.backend.tests.harness import COOKIE, NEW_PASSWORD, AuthServer, Person, bearer
from KAuthApp.backend.tests.testRevocation import cutOff
from shared.backend.utils.uuid import generateId

KEYS = "/api/auth/api-keys"


class Owner:
    """A signed-in person who makes keys."""

    def __init__(self, server: AuthServer, client: AsyncClient, person: Person, csrf: dict[str, str]) -> None:
        self.server, self.client, self.person, self.csrf = server, client, person, csrf

    async def make(self, *scopes: str, **more: object) -> dict[str, str]:
        answer = await self.ask(*scopes, **more)
        assert answer.status_code == 201, answer.text
        made: dict[str, str] = answer.json()
        return made

    async def ask(self, *scopes: str, **more: object) -> Response:
        body = {"name": "Web shop", "scopes": [*scopes] or ["profile.read"], **more}
        return await self.client.post(KEYS, json=body, headers=self.csrf)

    async def revoke(self, keyId: str) -> Response:
        return await self.client.delete(f"{KEYS}/{keyId}", headers=self.csrf)

    async def listed(self) -> list[dict[str, object]]:
        items: list[dict[str, object]] = (await self.client.get(KEYS)).json()["items"]
        return items


@pytest.fixture
async def owner(server: AuthServer, client: AsyncClient) -> Owner:
    person = await server.register(client)
    return Owner(server, client, person, await server.signIn(client, person))


@pytest.fixture
async def program(server: AuthServer) -> AsyncIterator[AsyncClient]:
    """Something without cookies."""
    async with server.browser("curl/8.17.0") as opened:
        yield opened


async def testAKeyIsShownOnceAndKeptAsItsHash(owner: Owner) -> None:
    made = await owner.make("profile.read", "payment.read")
    assert made["secret"].startswith("kak_")
    assert len(made["secret"]) == 47
    assert made["prefix"] == made["secret"][:12]
    [listed] = await owner.listed()
    assert "secret" not in listed
    assert (listed["scopes"], listed["name"], listed["lastUsedAt"]) == (
        ["payment.read", "profile.read"],
        "Web shop",
        None,
    )
    [row] = await owner.server.rows("SELECT * FROM api_key WHERE id = :id", id=made["id"])
    assert made["secret"] not in str(row)
    assert len(str(row["secret_hash"])) == 64


async def testItsOwnerIsToldByMailAndTheAuditTrailKnows(owner: Owner) -> None:
    made = await owner.make(name="Till in Bandung")
    await owner.server.runJobs()
    mail = owner.server.mail.to(owner.person.email)[-1]
    assert "Till in Bandung" in mail.text
    assert made["secret"] not in mail.text
    entries = await owner.server.rows("SELECT * FROM audit_event WHERE target_id = :id", id=made["id"])
    assert [entry["action"] for entry in entries] == ["auth.apiKeyCreated"]
    assert made["secret"] not in str(entries)


async def testMakingAKeyNeedsAFreshSignIn(owner: Owner) -> None:
    owner.server.clock.ahead = timedelta(minutes=5, seconds=5)
    answer = await owner.ask()
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.reauthenticationRequired")
    assert 'max_age="300"' in answer.headers["WWW-Authenticate"]
    assert await owner.listed() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\x1b[2J"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "2030-01-01T00:00:00"},
        {"userId": "somebody"},
    ],
)
async def testAnOddKeyIsRefused(owner: Owner, wrong: dict[str, object]) -> None:
    body = {"name": "Web shop", "scopes": ["profile.read"], **wrong}
    assert (await owner.client.post(KEYS, json=body, headers=owner.csrf)).status_code == 422


async def testAKeyDoesWhatItsScopesSayAndNoMore(owner: Owner, program: AsyncClient) -> None:
    reader, payer = await owner.make("profile.read"), await owner.make("payment.write")
    answer = await program.get("/api/auth/me", headers=bearer(reader["secret"]))
    assert (answer.status_code, answer.json()["email"]) == (200, owner.person.email)
    refused = await program.get("/api/auth/me", headers=bearer(payer["secret"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.scopeRequired")
    for method, path in (("GET", "/api/auth/sessions"), ("PATCH", "/api/auth/me"), ("POST", KEYS), ("GET", KEYS)):
        body = {"name": "More", "scopes": ["profile.read"]} if method == "POST" else {"fullName": "Somebody else"}
        answer = await program.request(
            method, path, json=None if method == "GET" else body, headers=bearer(reader["secret"])
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.sessionRequired"), path


async def testAKeyIsNoCookieAndACookieIsNoKey(owner: Owner, program: AsyncClient) -> None:
    made = await owner.make()
    program.cookies.set(COOKIE, made["secret"])
    assert (await program.get("/api/auth/me")).status_code == 401
    program.cookies.clear()
    assert (await program.get("/api/auth/me", headers=bearer(owner.client.cookies[COOKIE]))).status_code == 401
    forged = made["secret"][:-4] + "AAAA"
    assert (await program.get("/api/auth/me", headers=bearer(forged))).status_code == 401


async def testARevokedKeyIsDeadAtOnceAndStaysSo(owner: Owner, program: AsyncClient) -> None:
    made, other = await owner.make(), await owner.make()
    headers = bearer(made["secret"])
    assert (await program.get("/api/auth/me", headers=headers)).status_code == 200
    assert (await owner.revoke(made["id"])).status_code == 204
    assert (await program.get("/api/auth/me", headers=headers)).status_code == 401
    await owner.server.resources.redis.flushAll()
    assert (await program.get("/api/auth/me", headers=headers)).status_code == 401
    assert (await owner.revoke(made["id"])).status_code == 204
    assert [each["id"] for each in await owner.listed()] == [other["id"]]
    assert (await program.get("/api/auth/me", headers=bearer(other["secret"]))).status_code == 200


async def testUsesThatRaceTheRevocationAreOverWithItsAnswer(owner: Owner, program: AsyncClient) -> None:
    for _ in range(10):
        made = await owner.make()
        headers = bearer(made["secret"])
        _, revoked, _ = await asyncio.gather(
            asyncio.gather(*[program.get("/api/auth/me", headers=headers) for _ in range(8)]),
            owner.revoke(made["id"]),
            asyncio.gather(*[program.get("/api/auth/me", headers=headers) for _ in range(8)]),
        )
        assert revoked.status_code == 204
        assert (await program.get("/api/auth/me", headers=headers)).status_code == 401


async def testARevocationWithoutRedisSaysPendingAndIsFinishedLater(
    owner: Owner, program: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await owner.make()
    assert (await program.get("/api/auth/me", headers=bearer(made["secret"]))).status_code == 200
    with monkeypatch.context() as away:
        cutOff(away)
        pending = await owner.revoke(made["id"])
        assert (pending.status_code, pending.json()["code"]) == (503, "auth.revocationPending")
        assert (await program.get("/api/auth/me", headers=bearer(made["secret"]))).status_code == 401
    owner.server.clock.ahead = timedelta(seconds=10)
    await owner.server.runJobs()
    assert await owner.server.resources.redis.get(f"kauth:ended:{made['id']}") is not None


async def testNobodySeesOrEndsAStrangersKey(server: AuthServer, owner: Owner) -> None:
    made = await owner.make()
    async with server.browser() as elsewhere:
        stranger = await server.register(elsewhere)
        csrf = await server.signIn(elsewhere, stranger)
        assert (await elsewhere.get(KEYS)).json()["items"] == []
        for keyId in (made["id"], str(generateId())):
            answer = await elsewhere.delete(f"{KEYS}/{keyId}", headers=csrf)
            assert (answer.status_code, answer.json()["code"]) == (404, "auth.apiKeyNotFound")
    assert len(await owner.listed()) == 1


async def testAKeyEndsByItself(owner: Owner, program: AsyncClient) -> None:
    end = (owner.server.clock.now() + timedelta(hours=1)).isoformat()
    made = await owner.make(expiresAt=end)
    headers = bearer(made["secret"])
    owner.server.clock.ahead = timedelta(minutes=59)
    assert (await program.get("/api/auth/me", headers=headers)).status_code == 200
    owner.server.clock.ahead = timedelta(hours=1)
    assert (await program.get("/api/auth/me", headers=headers)).status_code == 401


async def testTheKeysOfASuspendedAccountSleep(owner: Owner, program: AsyncClient) -> None:
    made = await owner.make()
    await owner.server.rows(
        "UPDATE user_account SET status = 'suspended' WHERE email = :email", email=owner.person.email
    )
    assert (await program.get("/api/auth/me", headers=bearer(made["secret"]))).status_code == 401
    await owner.server.rows("UPDATE user_account SET status = 'active' WHERE email = :email", email=owner.person.email)
    assert (await program.get("/api/auth/me", headers=bearer(made["secret"]))).status_code == 200


async def testLastUseIsWrittenDownToTheMinute(owner: Owner, program: AsyncClient) -> None:
    made = await owner.make()
    uses = []
    for seconds in (1, 30, 65):
        owner.server.clock.ahead = timedelta(seconds=seconds)
        assert (await program.get("/api/auth/me", headers=bearer(made["secret"]))).status_code == 200
        uses.append((await owner.listed())[0]["lastUsedAt"])
    assert uses[0] is not None
    assert uses[0] == uses[1] != uses[2]


async def testAnAccountHasAtMostFiftyKeys(owner: Owner) -> None:
    answers = await asyncio.gather(*[owner.ask() for _ in range(53)])
    assert sorted(answer.status_code for answer in answers) == [201] * 50 + [409] * 3
    pages = [(await owner.client.get(KEYS, params={"limit": 30})).json()]
    pages.append((await owner.client.get(KEYS, params={"limit": 30, "cursor": pages[0]["nextCursor"]})).json())
    assert pages[1]["nextCursor"] is None
    assert len({each["id"] for page in pages for each in page["items"]}) == 50
    assert (await owner.revoke(pages[0]["items"][0]["id"])).status_code == 204
    assert (await owner.ask()).status_code == 201


@pytest.mark.parametrize("how", ["changed", "reset"])
async def testANewPasswordLeavesTheKeysAndTellsHowManyThereAre(
    server: AuthServer, owner: Owner, program: AsyncClient, how: str
) -> None:
    """Programs would stop without a word; their owner is told to look."""
    kept, revoked = await owner.make(), await owner.make()
    await owner.revoke(revoked["id"])
    await newPassword(server, owner, how)
    assert (await program.get("/api/auth/me", headers=bearer(kept["secret"]))).status_code == 200
    await server.runJobs()
    [notice] = [mail for mail in server.mail.to(owner.person.email) if mail.subject == "Your password was changed"]
    assert "Your API keys (1) go on working" in notice.text
    assert "/auth/api-keys" in notice.text
    assert "Your API keys (1) go on working" in notice.html


async def testWhoHasNoKeysIsToldNothingOfThem(server: AuthServer, owner: Owner) -> None:
    await newPassword(server, owner, "changed")
    await server.runJobs()
    assert "API" not in server.mail.to(owner.person.email)[-1].text


async def newPassword(server: AuthServer, owner: Owner, how: str) -> None:
    if how == "changed":
        body = {"currentPassword": owner.person.password, "newPassword": NEW_PASSWORD}
        answer = await owner.client.post("/api/auth/password/change", json=body, headers=owner.csrf)
    else:
        await owner.client.post("/api/auth/password/forgot", json={"email": owner.person.email})
        code = await server.lastCode(owner.person.email)
        body = {"email": owner.person.email, "code": code, "newPassword": NEW_PASSWORD}
        answer = await owner.client.post("/api/auth/password/reset", json=body)
    assert answer.status_code == 204, answer.text
