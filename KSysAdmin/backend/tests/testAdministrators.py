"""Administrators and each other: invited, given roles, suspended, reset; somebody always stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.tests.conftest import PASSWORD, MakeBrowser, MakePerson, Person, Post, SqlConnection
from shared.backend.utils.uuid import generateId

OWNER = "019321e8-0000-7000-8000-000000000001"


async def makeRole(boss: Person, *permissions: Permission) -> str:
    body = {"name": f"role {generateId()}", "permissions": [*permissions]}
    answer = await boss.post("/roles", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def makeHelper(boss: Person, makePerson: MakePerson, *permissions: Permission) -> Person:
    helper, roleId = await makePerson(), await makeRole(boss, *permissions)
    answer = await boss.put(f"/administrators/{helper.administratorId}/roles", {"roleIds": [roleId]})
    assert answer.status_code == 200, answer.text
    return helper


async def codeAfter(boss: Person, path: str, body: object = None) -> str:
    answer = await boss.post(f"/administrators{path}", body)
    return str(answer.json()["code"]) if answer.status_code >= 400 else "done"


@pytest.fixture
async def alone(boss: Person, sql: SqlConnection) -> AsyncIterator[Person]:
    """The only active administrator with the owner's role there is."""
    others = "id <> $1 AND status = 'active'"
    hidden = await sql.fetch(f"SELECT id FROM administrator WHERE {others}", UUID(boss.administratorId))  # noqa: S608
    await sql.execute(
        f"UPDATE administrator SET status = 'suspended' WHERE {others}",  # noqa: S608
        UUID(boss.administratorId),
    )
    yield boss
    await sql.execute(
        "UPDATE administrator SET status = 'active' WHERE id = ANY($1::uuid[])", [row["id"] for row in hidden]
    )


async def testWhoIsInvitedChoosesAPasswordByTheMailedLink(boss: Person, makeBrowser: MakeBrowser, post: Post) -> None:
    roleId = await makeRole(boss, Permission.USER_READ)
    email = f"Invited-{generateId()}@example.com"

    answer = await boss.post("/administrators", {"email": email, "roleIds": [roleId], "locale": "id"})

    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "invited"
    assert [role["id"] for role in answer.json()["roles"]] == [roleId]
    assert "token" not in answer.text, "nobody but the invited one sees the link"
    mail = (await post.to(email.lower()))[-1]
    assert mail.subject == "Anda diundang untuk mengelola K"
    assert boss.email in mail.text
    invited = makeBrowser(Person(boss.client, email.lower(), boss.sql))
    body = {"token": await post.linkTo(email.lower()), "password": PASSWORD}
    assert (await invited.post("/auth/invitation/accept", body)).status_code == 204
    await invited.enroll()
    me = (await invited.get("/auth/me")).json()
    assert me["user"]["permissions"] == ["user.read"]
    assert me["locale"] == "id"
    assert (await invited.get("/administrators")).json()["code"] == "auth.permissionDenied"


async def testAnOldLinkDiesWhenANewOneIsMade(boss: Person, post: Post) -> None:
    email = f"twice-{generateId()}@example.com"
    made = await boss.post("/administrators", {"email": email, "roleIds": [OWNER]})
    old = await post.linkTo(email)
    assert await codeAfter(boss, f"/{made.json()['id']}/invitation") == "done"
    refused = await boss.post("/auth/invitation/accept", {"token": old, "password": PASSWORD})
    assert refused.json()["code"] == "admin.invitationInvalid", "at once, before the new mail has left"
    new = await post.linkTo(email)
    assert new != old
    assert (await boss.post("/auth/invitation/accept", {"token": new, "password": PASSWORD})).status_code == 204
    assert await codeAfter(boss, f"/{made.json()['id']}/invitation") == "admin.notInvited"


async def testALinkWhoseMailWasNotTakenIsVoidAndTheNextTryMakesAnother(boss: Person, post: Post) -> None:
    email = f"away-{generateId()}@example.com"
    await boss.post("/administrators", {"email": email, "roleIds": [OWNER]})
    post.mail.isAway = True
    with pytest.raises(ConnectionError):
        await post.deliver()
    post.mail.isAway = False
    unspent = "SELECT count(*) FROM administrator_invitation JOIN administrator a ON a.id = administrator_id"
    assert await boss.sql.fetchval(f"{unspent} WHERE used_at IS NULL AND email = $1", email) == 0
    assert await post.linkTo(email)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "no address", "roleIds": [OWNER]}, "admin.invalidEmail"),
        ({"email": "a@example.com", "roleIds": []}, "request.invalid"),
        ({"email": "a@example.com", "roleIds": [str(generateId())]}, "role.notFound"),
    ],
)
async def testAnInvitationIsWellFormed(boss: Person, body: object, code: str) -> None:
    assert await codeAfter(boss, "", body) == code


async def testAnAddressIsInvitedOnce(boss: Person) -> None:
    assert await codeAfter(boss, "", {"email": boss.email.upper(), "roleIds": [OWNER]}) == "admin.exists"


async def testNobodyHandsOnWhatTheyDoNotHold(boss: Person, makePerson: MakePerson) -> None:
    rights = (Permission.ADMINISTRATOR_WRITE, Permission.ADMINISTRATOR_READ, Permission.USER_READ)
    helper = await makeHelper(boss, makePerson, *rights)
    more = await makeRole(boss, Permission.AUDIT_READ)
    less = await makeRole(boss, Permission.USER_READ)
    body = {"email": f"{generateId()}@example.com", "roleIds": [more]}
    assert await codeAfter(helper, "", body) == "role.permissionNotHeld"
    assert await codeAfter(helper, "", {**body, "roleIds": [OWNER]}) == "role.permissionNotHeld"
    assert await codeAfter(helper, "", {**body, "roleIds": [less]}) == "done"
    own = await helper.put(f"/administrators/{helper.administratorId}/roles", {"roleIds": [OWNER]})
    assert own.json()["code"] == "role.permissionNotHeld"


async def testNobodyTouchesWhoMayDoMore(boss: Person, makePerson: MakePerson) -> None:
    helper = await makeHelper(boss, makePerson, Permission.ADMINISTRATOR_WRITE)
    target = boss.administratorId
    for path, body in (("suspend", {"reason": "a coup"}), ("reactivate", None), ("factors/reset", None)):
        assert await codeAfter(helper, f"/{target}/{path}", body) == "role.permissionNotHeld", path
    assert (await boss.get("/auth/me")).status_code == 200
    taken = await helper.put(f"/administrators/{target}/roles", {"roleIds": [await makeRole(boss)]})
    assert taken.json()["code"] == "role.permissionNotHeld"


async def testRolesActWithTheNextRequest(boss: Person, makePerson: MakePerson) -> None:
    helper = await makeHelper(boss, makePerson, Permission.USER_READ)
    assert (await helper.get("/users")).status_code == 200
    other = await makeRole(boss, Permission.AUDIT_READ)
    await boss.put(f"/administrators/{helper.administratorId}/roles", {"roleIds": [other]})
    assert (await helper.get("/users")).status_code == 403
    assert (await helper.get("/audit-events")).status_code == 200


async def testASuspendedOneIsOutAtOnceAndComesBack(boss: Person, makePerson: MakePerson) -> None:
    other = await makePerson()
    answer = await boss.post(f"/administrators/{other.administratorId}/suspend", {"reason": "left the company"})
    assert answer.json()["status"] == "suspended"
    assert (await other.get("/auth/me")).status_code == 401
    assert (await other.startSignIn()).json()["code"] == "auth.invalidCredentials"
    assert await codeAfter(boss, f"/{other.administratorId}/suspend", {"reason": "again"}) == "admin.alreadySuspended"
    assert await codeAfter(boss, f"/{other.administratorId}/factors/reset") == "admin.alreadySuspended"
    back = await boss.post(f"/administrators/{other.administratorId}/reactivate")
    assert back.json()["status"] == "active"
    assert (await other.get("/auth/me")).status_code == 401, "an ended session stays ended"
    await other.signInAgain()
    assert await codeAfter(boss, f"/{other.administratorId}/reactivate") == "admin.notSuspended"
    events = (await boss.get("/audit-events", target=other.administratorId, action="administrator.suspended")).json()
    assert events["items"][0]["after"]["reason"] == "left the company"


async def testASuspendedInvitationIsNoWayIn(boss: Person, post: Post) -> None:
    email = f"never-{generateId()}@example.com"
    made = await boss.post("/administrators", {"email": email, "roleIds": [OWNER]})
    token = await post.linkTo(email)
    assert await codeAfter(boss, f"/{made.json()['id']}/suspend", {"reason": "a mistake"}) == "done"
    refused = await boss.post("/auth/invitation/accept", {"token": token, "password": PASSWORD})
    assert refused.json()["code"] == "admin.invitationInvalid"
    back = await boss.post(f"/administrators/{made.json()['id']}/reactivate")
    assert back.json()["status"] == "invited"


async def testALostFactorIsResetTogetherWithThePassword(
    boss: Person, makePerson: MakePerson, makeBrowser: MakeBrowser, post: Post
) -> None:
    other = await makePerson()
    waiting = await other.challenge()

    answer = await boss.post(f"/administrators/{other.administratorId}/factors/reset")

    assert answer.json()["status"] == "invited"
    assert answer.json()["factors"] == {"totp": False, "passkeys": 0, "recoveryCodesLeft": 0}
    assert (await other.get("/auth/me")).status_code == 401
    assert (await other.startSignIn()).json()["code"] == "auth.invalidCredentials", "the password is gone too"
    await other.forgetSpentStep()
    for method, code in (("totp", other.code()), ("recoveryCode", other.recoveryCodes[0])):
        late = await other.post("/auth/second-factor", {"challengeId": waiting, "method": method, "code": code})
        assert late.json()["code"] == "auth.challengeInvalid"
    assert (await post.to(other.email))[-1].subject == "Your access to the administration was reset"
    token = await post.linkTo(other.email)
    again = makeBrowser(other)
    assert (
        await again.post("/auth/invitation/accept", {"token": token, "password": f"{PASSWORD} again"})
    ).status_code == 204
    assert (await post.to(other.email))[-1].subject == "A new password was set"
    started = await again.startSignIn(f"{PASSWORD} again")
    assert started.json()["status"] == "enrollmentRequired"


async def testNobodyLocksTheOwnAccount(boss: Person) -> None:
    for path, body in (("suspend", {"reason": "by mistake"}), ("factors/reset", None), ("invitation", None)):
        assert await codeAfter(boss, f"/{boss.administratorId}/{path}", body) == "admin.ownAccount", path


async def testSomebodyWhoMayDoEverythingStays(alone: Person) -> None:
    powerless = await makeRole(alone, Permission.ADMINISTRATOR_WRITE)
    answer = await alone.put(f"/administrators/{alone.administratorId}/roles", {"roleIds": [powerless]})
    assert answer.json()["code"] == "admin.last"
    assert "owner" in (await alone.get("/auth/me")).json()["user"]["roles"]


async def testOfTwoWhoSuspendEachOtherOneStays(alone: Person, makePerson: MakePerson) -> None:
    for _ in range(5):
        other = await makePerson()
        pairs = ((alone, other), (other, alone))
        answers = await asyncio.gather(
            *(one.post(f"/administrators/{two.administratorId}/suspend", {"reason": "you or me"}) for one, two in pairs)
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409]), answers
        active = await alone.sql.fetchval("SELECT count(*) FROM administrator WHERE status = 'active'")
        assert active == 1
        await alone.sql.execute("UPDATE administrator SET status = 'active' WHERE id = $1", UUID(alone.administratorId))
        await alone.sql.execute(
            "UPDATE administrator SET status = 'suspended' WHERE id = $1", UUID(other.administratorId)
        )
        await alone.signInAgain()


async def testTheListShowsWhoHasWhat(boss: Person) -> None:
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = (await boss.get("/administrators", **query)).json()
        seen += [item["email"] for item in page["items"]]
        mine = [item for item in page["items"] if item["id"] == boss.administratorId]
        assert all(item["factors"] == {"totp": True, "passkeys": 0, "recoveryCodesLeft": 10} for item in mine)
        assert all([role["name"] for role in item["roles"]] == ["owner"] for item in mine)
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    assert boss.email in seen
    assert seen == sorted(set(seen))
