"""The public server as it is composed for production: what every service declared is what it exports and erases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conftest import DatabaseUrls
from KAuthApp.backend.compositionRoot import authPersonalTables
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KSysPayment.backend.compositionRoot import paymentPersonalTables
from shared.backend.cryptoFactory import CryptoFactory
from tests.doors.testRouteAccess import bankSettings
from tests.support.bothServers import BothServers, Callers, gatherCallers, runBothServers


@pytest.fixture(scope="module")
async def servers(
    serverEnvironment: dict[str, object], database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BothServers]:
    bank = bankSettings(Path(tmp_path_factory.mktemp("keys")))
    async with runBothServers({**serverEnvironment, **bank}, database.superuser) as running:
        yield running


@pytest.fixture(scope="module")
async def callers(servers: BothServers) -> Callers:
    return await gatherCallers(servers)


async def testEveryDeclaredTableIsInTheExport(servers: BothServers, callers: Callers, crypto: CryptoFactory) -> None:
    answer = await servers.public.post("/api/auth/account/export", headers=callers.customer)
    assert answer.status_code == 200, answer.text
    declared = [*paymentPersonalTables(), *authPersonalTables(CryptoSecretMaker(crypto))]
    assert sorted(answer.json()["data"]) == sorted(table.name for table in declared)


async def testTheAdministratorSeesWhereSomebodyCameFromUntilTheyAreErased(
    servers: BothServers, callers: Callers
) -> None:
    await servers.grantAllBut("setting.write")
    me = (await servers.public.get("/api/auth/me", headers=callers.customer)).json()["id"]

    async def addresses() -> set[object]:
        query = {"actor": me, "action": "auth.signedIn"}
        answer = await servers.admin.get("/api/admin/audit-events", params=query, headers=callers.administrator)
        assert answer.status_code == 200, answer.text
        return {event["clientAddress"] for event in answer.json()["items"]}

    assert await addresses() == {"127.0.0.1"}
    erased = await servers.public.delete("/api/auth/account", headers=callers.customer)
    assert erased.status_code == 204, erased.text
    assert await addresses() == {None}
    gone = await servers.admin.get(f"/api/admin/users/{me}", headers=callers.administrator)
    assert gone.status_code == 404
    for headers in (callers.customer, callers.token, *callers.keys.values()):
        assert (await servers.public.get("/api/auth/me", headers=headers)).status_code == 401
