"""What a browser with a passkey does, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from httpx import AsyncClient, Response

from KAuthApp.backend.tests.harness import AuthServer, Person, csrfHeaders
from shared.backend.tests.softwareAuthenticator import TRUTH, Credential, Lie, SoftwareAuthenticator

BASE: Final = "/api/auth/passkeys"
Json = dict[str, object]


async def creationOptions(client: AsyncClient, headers: Mapping[str, str]) -> Json:
    answer = await client.post(f"{BASE}/registration/options", headers=headers)
    assert answer.status_code == 200, answer.text
    options: Json = answer.json()
    return options


async def registerPasskey(
    client: AsyncClient,
    headers: Mapping[str, str],
    device: SoftwareAuthenticator,
    name: str | None = "My phone",
    lie: Lie = TRUTH,
) -> Response:
    """Ask for options, make a passkey, show it. Afterwards the session has another CSRF token."""
    made = device.create(await creationOptions(client, headers), lie)
    return await client.post(f"{BASE}/registration/verify", json={**made, "name": name}, headers=headers)


async def withPasskey(
    server: AuthServer, client: AsyncClient, device: SoftwareAuthenticator
) -> tuple[Person, dict[str, str]]:
    """A new person whose only factor is a passkey on this device, signed in; the headers of the next change."""
    person = await server.register(client)
    headers = await server.signIn(client, person)
    answer = await registerPasskey(client, headers, device)
    assert answer.status_code == 201, answer.text
    return person, await csrfHeaders(client)


async def requestOptions(client: AsyncClient, **body: object) -> Json:
    answer = await client.post(f"{BASE}/authentication/options", json=body)
    assert answer.status_code == 200, answer.text
    options: Json = answer.json()
    return options


async def signInByPasskey(
    client: AsyncClient,
    device: SoftwareAuthenticator,
    lie: Lie = TRUTH,
    using: Credential | None = None,
    kind: str = "browser",
    **asked: object,
) -> Response:
    signed = device.get(await requestOptions(client, **asked), lie, using=using)
    return await client.post(f"{BASE}/authentication/verify", json={**signed, "client": kind})


def codeOf(answer: Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])
