"""Who registers an address that waits for its proof under another password waits in vain."""

from __future__ import annotations

from httpx import AsyncClient

from KAuthApp.backend.tests.harness import NEW_PASSWORD, PASSWORD, AuthServer, Person, anEmail, login


async def register(client: AsyncClient, email: str, password: str) -> None:
    answer = await client.post("/api/auth/register", json={"email": email, "password": password})
    assert answer.status_code == 202, answer.text


async def testAPasswordOfAStrangerIsNotProvenAlthoughTheFirstOneIsNotNotedAnyMore(
    server: AuthServer, client: AsyncClient
) -> None:
    email = anEmail()
    await register(client, email, PASSWORD)
    await server.rows("DELETE FROM shadow_registration")  # as of a registration from before these were kept
    await register(client, email, NEW_PASSWORD)
    proof = {"email": email, "code": await server.lastCode(email)}
    refused = await client.post("/api/auth/verify-email", json=proof)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.passwordRequired")
    assert (await client.post("/api/auth/verify-email", json={**proof, "password": PASSWORD})).status_code == 200
    assert (await login(client, Person(email, NEW_PASSWORD))).status_code == 401
    assert (await login(client, Person(email, PASSWORD))).status_code == 200


async def testRegisteringTwiceWithOnePasswordIsNoContest(server: AuthServer, client: AsyncClient) -> None:
    email = anEmail()
    await register(client, email, PASSWORD)
    await register(client, email, PASSWORD)
    proof = {"email": email, "code": await server.lastCode(email)}
    assert (await client.post("/api/auth/verify-email", json=proof)).status_code == 200
