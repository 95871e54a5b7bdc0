"""An outsider who fails and fails never stands between an administrator and the own browser."""

from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.tests.conftest import MakeBrowser, Person

_MOVED = "UPDATE administrator_session SET client_address = '203.0.113.9' WHERE administrator_id = $1"
_ATTACKED = "UPDATE administrator SET failures_in_a_row = 100 WHERE id = $1"


async def testItSignsInFromAnotherAddressWhileTheAccountIsUnderAttack(boss: Person, makeBrowser: MakeBrowser) -> None:
    own = UUID(boss.administratorId)
    await boss.sql.execute(_MOVED, own)
    await boss.sql.execute(_ATTACKED, own)
    stranger = makeBrowser(boss)
    assert (await stranger.startSignIn()).json()["code"] == "auth.invalidCredentials"
    assert (await boss.startSignIn()).json()["status"] == "secondFactorRequired"


async def testItDoesNotWaitForWhatOthersFailAtTheSameAddress(boss: Person, makeBrowser: MakeBrowser) -> None:
    stranger = makeBrowser(boss)
    for _ in range(6):
        await stranger.startSignIn("not the password at all")
    assert (await stranger.startSignIn()).status_code == 429
    assert (await boss.startSignIn()).json()["status"] == "secondFactorRequired"


async def testItWaitsForWhatItFailsItself(boss: Person) -> None:
    for _ in range(6):
        await boss.startSignIn("not the password at all")
    assert (await boss.startSignIn()).status_code == 429


async def testItOpensNoPathToAnotherAccount(boss: Person, makeBrowser: MakeBrowser) -> None:
    stranger = makeBrowser(boss)
    stranger.client.cookies.set("kAdminDevice", "A" * 43)
    for _ in range(6):
        await stranger.startSignIn("not the password at all")
    stranger.client.cookies.set("kAdminDevice", "B" * 43)
    assert (await stranger.startSignIn()).status_code == 429
