"""What an administrator does to a user counts for what that user has only half begun, too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pyotp
import pytest
from httpx import Response

from conftest import DatabaseUrls
from shared.backend.utils.uuid import generateId
from tests.doors.testRouteAccess import bankSettings
from tests.support.bothServers import PASSWORD, BothServers, Callers, gatherCallers, runBothServers


@dataclass(frozen=True)
class Owner:
    """Somebody with an authenticator app."""

    id: UUID
    email: str
    totpSecret: str
    tokens: Mapping[str, str]

    def code(self) -> str:
        return pyotp.TOTP(self.totpSecret).at(datetime.now(UTC))  # noqa: TID251 - as an app does


@pytest.fixture(scope="module")
async def servers(
    serverEnvironment: dict[str, object], database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BothServers]:
    bank = bankSettings(tmp_path_factory.mktemp("keys"))
    async with runBothServers({**serverEnvironment, **bank}, database.superuser) as running:
        yield running


@pytest.fixture(scope="module")
async def callers(servers: BothServers) -> Callers:
    callers = await gatherCallers(servers)
    await servers.grantAllBut("stats.read")
    return callers


@pytest.fixture
async def owner(servers: BothServers) -> Owner:
    email = f"person-{generateId().hex}@example.com"
    await servers.public.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    await servers.change(
        "UPDATE user_account SET status = 'active', email_verified_at = now() WHERE email = :email", email=email
    )
    signedIn = (await login(servers, email)).json()
    bearer = {"Authorization": f"Bearer {signedIn['tokens']['accessToken']}"}
    enrolled = await servers.public.post("/api/auth/mfa/totp/enroll", headers=bearer)
    one = Owner(UUID(signedIn["user"]["id"]), email, enrolled.json()["secret"], signedIn["tokens"])
    confirmed = await servers.public.post("/api/auth/mfa/totp/confirm", headers=bearer, json={"code": one.code()})
    assert confirmed.status_code == 200, confirmed.text
    await servers.change("UPDATE user_totp SET last_step = 0 WHERE user_id = :id", id=one.id)
    return one


async def login(servers: BothServers, email: str) -> Response:
    body = {"email": email, "password": PASSWORD, "client": "api"}
    return await servers.public.post("/api/auth/login", json=body)


async def begin(servers: BothServers, owner: Owner) -> str:
    """Half a sign-in."""
    begun = (await login(servers, owner.email)).json()
    assert begun["status"] == "secondFactorRequired"
    return str(begun["challengeId"])


async def finish(servers: BothServers, owner: Owner, challengeId: str) -> Response:
    body = {"challengeId": challengeId, "method": "totp", "code": owner.code()}
    return await servers.public.post("/api/auth/login/second-factor", json=body)


async def administer(servers: BothServers, callers: Callers, owner: Owner, path: str, body: object = None) -> None:
    url = f"/api/admin/users/{owner.id}/{path}"
    answer = await servers.admin.post(url, json=body, headers=callers.administrator)
    assert answer.is_success, answer.text


async def testHalfASignInDoesNotOutliveASuspension(servers: BothServers, callers: Callers, owner: Owner) -> None:
    challengeId = await begin(servers, owner)
    await administer(servers, callers, owner, "suspend", {"reason": "a thief has the password"})
    await administer(servers, callers, owner, "reactivate")
    refused = await finish(servers, owner, challengeId)
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.challengeInvalid")
    assert (await finish(servers, owner, await begin(servers, owner))).status_code == 200, "the next one is as ever"


async def testHalfASignInEndsWithTheSessions(servers: BothServers, callers: Callers, owner: Owner) -> None:
    challengeId = await begin(servers, owner)
    await administer(servers, callers, owner, "sessions/revoke")
    assert (await finish(servers, owner, challengeId)).json()["code"] == "auth.challengeInvalid"


async def testWhoLostEveryFactorIsLetInByThePasswordAndNothingOlder(
    servers: BothServers, callers: Callers, owner: Owner
) -> None:
    challengeId = await begin(servers, owner)
    await administer(servers, callers, owner, "factors/reset", {"reason": "lost the phone, showed a passport"})
    assert (await finish(servers, owner, challengeId)).status_code == 401
    bearer = {"Authorization": f"Bearer {owner.tokens['accessToken']}"}
    assert (await servers.public.get("/api/auth/me", headers=bearer)).status_code == 401
    refresh = {"refreshToken": owner.tokens["refreshToken"]}
    assert (await servers.public.post("/api/auth/token/refresh", json=refresh)).status_code == 401
    signedIn = (await login(servers, owner.email)).json()
    assert signedIn["status"] == "authenticated"
    bearer = {"Authorization": f"Bearer {signedIn['tokens']['accessToken']}"}
    mfa = (await servers.public.get("/api/auth/me", headers=bearer)).json()["mfa"]
    assert mfa == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
