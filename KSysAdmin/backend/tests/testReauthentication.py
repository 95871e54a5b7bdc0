"""What is sensitive asks again who it is, and the answer makes a new session of the old one."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

import pytest

from admin_server import AdminServerSettings
from KSysAdmin.backend.tests.conftest import MakePerson, Person, Post
from KSysAdmin.backend.tests.testPasskeys import addPasskey
from KSysAdmin.backend.tests.testUsers import addUser
from shared.backend.redis.client import RedisClient
from shared.backend.tests.softwareAuthenticator import SoftwareAuthenticator
from shared.backend.utils.uuid import generateId

SOMEBODY = generateId()
LIMIT = {"name": "x", "path": "/x", "match": "exact", "scope": "ip", "limit": 1, "windowSeconds": 1}
ADDRESS = {"verdict": "deny", "network": "203.0.113.0/24", "name": "x", "reason": "noise"}
SENSITIVE: Final[tuple[tuple[str, str, object], ...]] = (
    ("POST", "/roles", {"name": "sensitive", "permissions": []}),
    ("PUT", f"/roles/{SOMEBODY}", {"name": "sensitive", "permissions": []}),
    ("DELETE", f"/roles/{SOMEBODY}", None),
    ("PUT", "/settings/auth.passwordMinLength", {"value": 8}),
    ("POST", "/rate-limit-policies", LIMIT),
    ("PUT", f"/rate-limit-policies/{SOMEBODY}", LIMIT),
    ("DELETE", f"/rate-limit-policies/{SOMEBODY}", None),
    ("POST", "/address-entries", ADDRESS),
    ("PUT", f"/address-entries/{SOMEBODY}", ADDRESS),
    ("DELETE", f"/address-entries/{SOMEBODY}", None),
    ("PUT", "/penalty-box", {"enabled": True, "refusals": 2, "withinSeconds": 1, "penaltySeconds": 1}),
    ("PUT", f"/users/{SOMEBODY}/roles", {"roles": []}),
    ("POST", f"/users/{SOMEBODY}/password-reset", None),
    ("POST", f"/users/{SOMEBODY}/factors/reset", {"reason": "lost the phone"}),
    ("POST", "/administrators", {"email": "thief@example.com", "roleIds": [str(SOMEBODY)]}),
    ("POST", f"/administrators/{SOMEBODY}/invitation", None),
    ("PUT", f"/administrators/{SOMEBODY}/roles", {"roleIds": [str(SOMEBODY)]}),
    ("POST", f"/administrators/{SOMEBODY}/suspend", {"reason": "a thief"}),
    ("POST", f"/administrators/{SOMEBODY}/reactivate", None),
    ("POST", f"/administrators/{SOMEBODY}/factors/reset", None),
    ("POST", "/auth/mfa/recovery-codes", None),
    ("POST", "/auth/mfa/totp/setup", None),
    ("POST", "/auth/mfa/totp/setup/confirm", {"code": "123456"}),
    ("DELETE", "/auth/mfa/totp", None),
    ("POST", "/auth/passkeys/registration/options", None),
)


@pytest.fixture(scope="module")
def adminSettings(serverEnvironment: dict[str, object]) -> AdminServerSettings:
    """At an address where browsers know passkeys."""
    return AdminServerSettings.model_validate({**serverEnvironment, "publicBaseUrl": "http://localhost:8080"})


async def testWhatAThiefWouldWantAsksAgain(boss: Person) -> None:
    await boss.growStale()
    for method, path, body in SENSITIVE:
        answer = await boss.client.request(method, f"/api/admin{path}", json=body)
        assert answer.status_code == 401, f"{method} {path}: {answer.text}"
        assert answer.json()["code"] == "auth.reauthenticationRequired", path
        challenge = answer.headers["www-authenticate"]
        assert 'error="insufficient_user_authentication"' in challenge
        assert 'max_age="300"' in challenge


async def testWhatIsUrgentDoesNotAskAgain(boss: Person) -> None:
    userId = await addUser(boss.sql, f"{generateId()}@example.com")
    await boss.growStale()
    assert (await boss.post(f"/users/{userId}/suspend", {"reason": "an emergency"})).status_code == 200
    assert (await boss.post(f"/users/{userId}/sessions/revoke")).status_code == 204
    assert (await boss.get("/auth/me")).status_code == 200


async def testANewProofOpensItUnderAnotherSecret(boss: Person, redis: RedisClient) -> None:
    await boss.growStale()
    await boss.forgetSpentStep()
    before = (await boss.get("/auth/me")).json()["session"]
    oldCookie, oldToken = boss.client.cookies["kAdminSession"], boss.client.headers["X-CSRF-Token"]
    oldCopy = await copyOf(boss)

    answer = await boss.post("/auth/reauthenticate", {"code": boss.code()})

    assert answer.status_code == 200, answer.text
    fresh = datetime.fromisoformat(answer.json()["freshUntil"]) - datetime.fromisoformat(
        answer.json()["authenticatedAt"]
    )
    assert fresh.total_seconds() == 300
    assert boss.client.cookies["kAdminSession"] != oldCookie
    refused = await boss.put("/settings/auth.passwordMinLength", {"value": 16})
    assert refused.json()["code"] == "auth.csrfRequired", "the token belongs to the secret"
    boss.client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
    assert (await boss.put("/settings/auth.passwordMinLength", {"value": 16})).status_code == 200
    after = (await boss.get("/auth/me")).json()["session"]
    assert after["expiresAt"] == before["expiresAt"], "a session lives no longer for it"

    old = {"Cookie": f"kAdminSession={oldCookie}", "X-CSRF-Token": oldToken}
    async with asyncio.timeout(5):
        boss.client.cookies.clear()
        assert (await boss.client.get("/api/admin/auth/me", headers=old)).status_code == 401
    assert await redis.get(oldCopy) is None
    assert await redis.get(await copyOf(boss)) is not None


async def copyOf(person: Person) -> str:
    secretHash = await person.sql.fetchval(
        "SELECT secret_hash FROM administrator_session WHERE administrator_id = $1 AND ended_at IS NULL",
        UUID(person.administratorId),
    )
    return f"kadmin:session:{secretHash}"


async def testARecoveryCodeProvesOnceAndAMailTellsOfIt(boss: Person, post: Post) -> None:
    code = boss.recoveryCodes[3]
    first = await boss.post("/auth/reauthenticate", {"code": code})
    boss.client.headers["X-CSRF-Token"] = first.json()["csrfToken"]
    assert (await boss.post("/auth/reauthenticate", {"code": code})).json()["code"] == "auth.codeInvalid"
    told = (await post.to(boss.email))[-1]
    assert "recovery code" in told.subject.lower()
    assert "Codes left: 9" in told.text


async def testAPasskeyProves(boss: Person) -> None:
    device = SoftwareAuthenticator()
    assert (await addPasskey(boss, device)).status_code == 201
    await boss.growStale()
    options = await boss.post("/auth/reauthenticate/options")
    assert options.status_code == 200, options.text
    assertion = device.get(options.json())
    answer = await boss.post("/auth/reauthenticate", {"assertion": assertion})
    assert answer.status_code == 200, answer.text
    boss.client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
    assert (await boss.post("/auth/mfa/recovery-codes")).status_code == 200
    again = await boss.post("/auth/reauthenticate", {"assertion": assertion})
    assert again.json()["code"] == "auth.passkeyInvalid", "a challenge is good once"


@pytest.mark.parametrize("body", [{}, {"code": None}, {"code": "12345"}, {"password": "x"}])
async def testExactlyOneProofIsTaken(boss: Person, body: object) -> None:
    assert (await boss.post("/auth/reauthenticate", body)).status_code == 422


async def testWrongCodesCountAndWait(boss: Person) -> None:
    await boss.forgetSpentStep()
    wrong = "000000" if boss.code() != "000000" else "111111"
    statuses = [(await boss.post("/auth/reauthenticate", {"code": wrong})).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]
    waiting = await boss.post("/auth/reauthenticate", {"code": boss.code()})
    assert waiting.status_code == 429, "the right one waits too"
    assert int(waiting.headers["retry-after"]) > 0


async def testOfTwentyEqualCodesAtOnceOneProves(boss: Person) -> None:
    await boss.forgetSpentStep()
    code = boss.code(stepsAhead=1)
    headers = dict(boss.client.headers) | {"Cookie": f"kAdminSession={boss.client.cookies['kAdminSession']}"}
    boss.client.cookies.clear()

    async def tryIt() -> int:
        url = "/api/admin/auth/reauthenticate"
        return (await boss.client.post(url, json={"code": code}, headers=headers)).status_code

    statuses = await asyncio.gather(*(tryIt() for _ in range(20)))
    assert statuses.count(200) == 1, statuses
    assert set(statuses) <= {200, 400, 401, 429}


async def testACodeIsGoodOnceWhereverItIsShown(boss: Person) -> None:
    """Ten half sign-ins and ten proofs in one session, all with the same code at the same moment."""
    challenges = [await boss.challenge() for _ in range(10)]
    await boss.forgetSpentStep()
    code = boss.code(stepsAhead=1)
    headers = dict(boss.client.headers) | {"Cookie": f"kAdminSession={boss.client.cookies['kAdminSession']}"}
    boss.client.cookies.clear()
    bodies = [
        *(
            ("/auth/second-factor", {"challengeId": challenge, "method": "totp", "code": code})
            for challenge in challenges
        ),
        *(("/auth/reauthenticate", {"code": code}) for _ in range(10)),
    ]

    async def tryIt(path: str, body: object) -> int:
        return (await boss.client.post(f"/api/admin{path}", json=body, headers=headers)).status_code

    statuses = await asyncio.gather(*(tryIt(path, body) for path, body in bodies))
    assert statuses.count(200) == 1, statuses


async def testAProofOfAnotherAdministratorIsNone(boss: Person, makePerson: MakePerson) -> None:
    other = await makePerson()
    await other.forgetSpentStep()
    assert (await boss.post("/auth/reauthenticate", {"code": other.code()})).json()["code"] == "auth.codeInvalid"
    assert (await boss.post("/auth/reauthenticate", {"code": other.recoveryCodes[0]})).status_code == 400
