"""A person takes everything along, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from httpx import AsyncClient

from KAuthApp.backend.tests.harness import AuthServer, anEmail, bearer, login
from shared.backend.cryptoFactory import CryptoError, CryptoFactory
from shared.backend.personalSealer import PersonalSealer

ERASE = "/api/auth/account"
EXPORT = "/api/auth/account/export"


async def idOf(client: AsyncClient) -> str:
    return str((await client.get("/api/auth/me")).json()["id"])


async def erase(client: AsyncClient, csrf: Mapping[str, str]) -> int:
    return (await client.delete(ERASE, headers=dict(csrf))).status_code


async def export(client: AsyncClient, csrf: Mapping[str, str]) -> dict[str, list[dict[str, object]]]:
    answer = await client.post(EXPORT, headers=dict(csrf))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    data: dict[str, list[dict[str, object]]] = answer.json()["data"]
    return data


async def rowsThatName(server: AuthServer, *texts: str) -> list[str]:
    """Every table of which a row holds one of these texts."""
    tables = await server.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for name in (str(row["name"]) for row in tables):
        whole = await server.rows(f"SELECT t::text AS whole FROM {name} t")  # noqa: S608 - names from the catalogue
        found += [name for row in whole if any(text in str(row["whole"]) for text in texts)]
    return sorted(set(found))


async def testTheExportHoldsWhatIsStoredAndNoSecret(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    newEmail = anEmail()
    await client.post("/api/auth/email/change", json={"newEmail": newEmail}, headers=csrf)
    data = await export(client, csrf)

    (account,) = data["user_account"]
    assert (account["email"], account["fullName"]) == (person.email, "Sari Wulandari")
    (session,) = data["user_session"]
    assert session["device"] == {"ip": "192.0.2.1", "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    (change,) = data["email_change"]
    assert (change["oldEmail"], change["newEmail"]) == (person.email, newEmail)
    signedIn = next(event for event in data["audit_event"] if event["action"] == "auth.signedIn")
    assert signedIn["clientAddress"] == "192.0.2.1"
    assert account["passwordHash"] == session["secretHash"] == "kept, not shown"
    assert data["user_key"][0]["keySealed"] == "kept, not shown"
    secrets = await server.rows(
        "SELECT password_hash AS text FROM user_account UNION ALL SELECT secret_hash FROM user_session"
        " UNION ALL SELECT key_sealed FROM user_key UNION ALL SELECT code_hash FROM one_time_code"
        " UNION ALL SELECT device_sealed FROM user_session UNION ALL SELECT new_email_sealed FROM email_change"
    )
    told = json.dumps(data)
    assert not any(str(row["text"]) in told for row in secrets if row["text"])


async def testTheExportIsOfNobodyElse(server: AuthServer, client: AsyncClient) -> None:
    person, stranger = await server.register(client), await server.register(client)
    async with server.browser() as theirs:
        await server.signIn(theirs, stranger)
        strangersId = await idOf(theirs)
    csrf = await server.signIn(client, person)
    told = json.dumps(await export(client, csrf))
    assert stranger.email not in told
    assert strangersId not in told


async def testALongListComesWholeAndOnce(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    await server.rows(
        "INSERT INTO one_time_code (id, user_id, purpose, code_hash, failed_tries, created_at, expires_at, voided_at)"
        " SELECT gen_random_uuid(), CAST(:userId AS uuid), 'verifyEmail', 'x', n, now(), now(), now()"
        " FROM generate_series(1, 1201) n",
        userId=await idOf(client),
    )
    codes = (await export(client, csrf))["one_time_code"]
    assert sorted(int(str(code["failedTries"])) for code in codes if code["voidedAt"]) == list(range(1, 1202))


async def testAfterErasureNothingNamesThePersonButTheAuditsNumber(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    name = f"Sari {anEmail()}"
    await client.patch("/api/auth/me", json={"fullName": name}, headers=csrf)
    await client.post("/api/auth/email/change", json={"newEmail": anEmail()}, headers=csrf)
    await server.runJobs()
    userId = await idOf(client)
    held = await rowsThatName(server, userId, person.email)
    assert {"user_account", "user_session", "user_key", "email_change", "audit_event"} <= set(held)

    assert await erase(client, csrf) == 204
    assert await rowsThatName(server, person.email, name) == []
    events = await server.rows("SELECT type FROM user_event WHERE user_id = CAST(:id AS uuid)", id=userId)
    assert [event["type"] for event in events] == ["user.erased"]
    await server.runJobs()
    server.clock.ahead = timedelta(days=2)
    await server.runJobs()
    assert await rowsThatName(server, userId) == ["audit_event", "user_event"]
    assert (await server.rows("SELECT verify_audit_chain('auth') AS bad"))[0]["bad"] is None


async def testEveryCredentialIsDeadWhenItAnswers(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with server.browser() as other, server.browser() as program:
        await server.signIn(other, person)
        tokens = (await login(program, person, "api")).json()["tokens"]
        csrf = await server.signIn(client, person)
        body = {"name": "nightly", "scopes": ["profile.read"]}
        key = (await client.post("/api/auth/api-keys", json=body, headers=csrf)).json()["secret"]
        for secret in (tokens["accessToken"], key):
            assert (await program.get("/api/auth/me", headers=bearer(secret))).status_code == 200
        answer = await client.delete(ERASE, headers=csrf)
        assert answer.status_code == 204
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert (await other.get("/api/auth/me")).status_code == 401
        for secret in (tokens["accessToken"], key):
            assert (await program.get("/api/auth/me", headers=bearer(secret))).status_code == 401
        refresh = {"refreshToken": tokens["refreshToken"]}
        assert (await program.post("/api/auth/token/refresh", json=refresh)).status_code == 401
        assert (await login(program, person)).status_code == 401


async def testWhatWasCopiedBeforeCannotBeOpenedAfter(
    server: AuthServer, client: AsyncClient, crypto: CryptoFactory
) -> None:
    """A backup of the sealed columns, with the master key and every key that is left, tells nothing any more."""
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    userId, sealer = UUID(await idOf(client)), PersonalSealer(crypto)
    (copied,) = await server.rows("SELECT id, device_sealed FROM user_session WHERE user_id = :id", id=userId)
    sealed, purpose = str(copied["device_sealed"]), f"session:{copied['id']}:device"
    keys = "SELECT key_sealed FROM user_key WHERE user_id = :id"
    (key,) = await server.rows(keys, id=userId)
    assert "192.0.2.1" in str(sealer.unseal(userId, str(key["key_sealed"]), sealed, purpose))

    assert await erase(client, csrf) == 204
    assert await server.rows(keys, id=userId) == []
    assert sealer.unseal(userId, sealer.newKey(userId), sealed, purpose) is None
    with pytest.raises(CryptoError):
        crypto.decryptText(sealed, f"user:{userId}:{purpose}")


async def testTheLastMailGoesToTheLastAddressAndIsForgotten(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    assert await erase(client, csrf) == 204
    orders = "SELECT payload::text AS text FROM outbox_message WHERE topic = 'auth.accountErased'"
    assert not any(person.email in str(row["text"]) for row in await server.rows(orders))
    await server.runJobs()
    assert server.mail.to(person.email)[-1].subject == "Your account was erased"
    assert "Sari Wulandari" in (server.mail.to(person.email)[-1].html or "")
    server.clock.ahead = timedelta(days=1, minutes=1)
    await server.runJobs()
    assert await server.rows(orders) == []


async def testMessagesThatWaitAreNeverSweptAway(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    assert await erase(client, csrf) == 204
    waiting = "SELECT id FROM outbox_message WHERE topic = 'auth.accountErased' AND delivered_at IS NULL"
    (before,) = await server.rows(waiting)
    server.clock.ahead = timedelta(days=400)
    (sweep,) = [job for job in server.service.module.jobs if job.name == "outbox.sweep"]
    while await sweep.run():
        pass
    assert before in await server.rows(waiting)


async def testTheAddressIsFreeAgain(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    before = await idOf(client)
    assert await erase(client, csrf) == 204
    again = await server.register(client, person.email)
    await server.signIn(client, again)
    assert await idOf(client) != before


async def testBothNeedAFreshSignIn(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    server.clock.ahead = timedelta(minutes=6)
    for answer in (await client.post(EXPORT, headers=csrf), await client.delete(ERASE, headers=csrf)):
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.reauthenticationRequired")
    assert (await client.get("/api/auth/me")).status_code == 200


async def testOfTwentyErasuresOneIsDoneAndNoneFails(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    answers = await asyncio.gather(*(erase(client, csrf) for _ in range(20)))
    assert answers.count(204) >= 1
    assert set(answers) <= {204, 401}
    await server.runJobs()
    assert [mail.subject for mail in server.mail.to(person.email)].count("Your account was erased") == 1


async def testSigningInWhileTheAccountIsErasedLeavesNoSession(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    userId = await idOf(client)

    async def signInElsewhere() -> int:
        async with server.browser() as other:
            return (await login(other, person)).status_code

    outcomes = await asyncio.gather(erase(client, csrf), *(signInElsewhere() for _ in range(10)))
    assert outcomes[0] == 204
    assert set(outcomes[1:]) <= {200, 401, 403}, "let in before, refused after, or asked for work first"
    left = "SELECT count(*) AS found FROM user_session WHERE user_id = CAST(:id AS uuid)"
    assert (await server.rows(left, id=userId))[0]["found"] == 0


async def testWhoIsGoneStaysGoneForTheOldSessionOfAnotherTab(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    async with server.browser() as tab:
        tabCsrf = await server.signIn(tab, person)
        csrf = await server.signIn(client, person)
        assert await erase(client, csrf) == 204
        assert await erase(tab, tabCsrf) == 401
        assert (await tab.post(EXPORT, headers=tabCsrf)).status_code == 401
