"""What a thief gains by signing in to an account of their own in between: nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
from httpx import AsyncClient, Response

from conftest import DatabaseUrls
from KAuthApp.backend.tests.harness import NEW_PASSWORD, AuthServer, AuthTestSettings, Person, anEmail, login, runServer

_THIEFS_ADDRESS: Final = "198.51.100.77"
_CHEAP: Final = {"hashMemoryKib": 8, "hashIterations": 1}


@pytest.fixture
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    """A platform at peace, with its real thresholds."""
    settings = AuthTestSettings.model_validate({**serverEnvironment, **_CHEAP})
    async with runServer(settings, database.superuser) as running:
        await running.rows("DELETE FROM sign_in_pressure")
        await running.rows("DELETE FROM failure_counter")
        yield running


async def tryFrom(server: AuthServer, person: Person) -> Response:
    """Each time a browser that nobody knows."""
    async with server.browser(address=_THIEFS_ADDRESS) as browser:
        return await login(browser, person)


async def failuresSeen(server: AuthServer) -> int:
    [row] = await server.rows("SELECT sum(failures)::int AS failures FROM sign_in_pressure")
    assert isinstance(row["failures"], int)
    return row["failures"]


async def testTheyDoNotMakeAnAttackLookLikeACrowd(server: AuthServer, client: AsyncClient) -> None:
    """Nor do mistakes on purpose: what one account's sign-ins add in a day is one."""
    thief = await server.register(client)
    for _ in range(3):
        for _ in range(3):
            await tryFrom(server, Person(thief.email, NEW_PASSWORD))
        assert (await tryFrom(server, thief)).status_code == 200
    [row] = await server.rows("SELECT sum(tries)::int AS tries, sum(failures)::int AS failures FROM sign_in_pressure")
    assert row == {"tries": 1, "failures": 0}


async def testHalfSignInsMakeNoCrowdEither(server: AuthServer, client: AsyncClient) -> None:
    thief = await server.register(client)
    await server.rows(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports,"
        " is_backup_eligible, is_backed_up, name, created_at) SELECT gen_random_uuid(), id, '\\x01', '\\x01',"
        " 0, gen_random_uuid(), '{}', false, false, 'key', now() FROM user_account WHERE email = :email",
        email=thief.email,
    )
    for _ in range(5):
        assert (await tryFrom(server, thief)).json()["status"] == "secondFactorRequired"
    assert await server.rows("SELECT tries FROM sign_in_pressure WHERE tries <> 0") == []


async def testTheyDoNotHideAnAttackOnThePlatform(server: AuthServer, client: AsyncClient) -> None:
    thief = await server.register(client)
    for _ in range(9):
        assert (await tryFrom(server, Person(anEmail(), NEW_PASSWORD))).status_code == 401
    seen = await failuresSeen(server)
    for _ in range(4):
        for _ in range(4):
            await tryFrom(server, Person(thief.email, NEW_PASSWORD))
        assert (await tryFrom(server, thief)).status_code == 200
    assert await failuresSeen(server) >= seen
