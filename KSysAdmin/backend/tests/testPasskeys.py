"""Passkeys of administrators: the first factor, the second half of a sign-in, and looking after them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from httpx import Response

from admin_server import AdminServerSettings
from KSysAdmin.backend.tests.conftest import MakePerson, Person, Post
from shared.backend.tests.softwareAuthenticator import BE, TRUTH, UV, Lie, SoftwareAuthenticator, makeKey
from shared.backend.utils.uuid import generateId

AUTH = "/auth/passkeys"


@pytest.fixture(scope="module")
def adminSettings(serverEnvironment: dict[str, object]) -> AdminServerSettings:
    """At an address where browsers know passkeys."""
    return AdminServerSettings.model_validate({**serverEnvironment, "publicBaseUrl": "http://localhost:8080"})


def codeOf(answer: Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])


async def enrollPasskey(person: Person, device: SoftwareAuthenticator, lie: Lie = TRUTH) -> Response:
    """Through the first sign-in, with a passkey instead of an app."""
    challengeId = await person.challenge()
    options = await person.post(f"{AUTH}/enrollment/options", {"challengeId": challengeId})
    assert options.status_code == 200, options.text
    made = device.create(options.json(), lie)
    answer = await person.post(f"{AUTH}/enrollment/verify", {**made, "name": "Key ring", "challengeId": challengeId})
    if answer.status_code == 200:
        person.administratorId = answer.json()["user"]["id"]
        person.recoveryCodes = answer.json()["recoveryCodes"]
        await person.takeCsrfToken()
    return answer


async def signIn(person: Person, device: SoftwareAuthenticator, lie: Lie = TRUTH) -> Response:
    challengeId = await person.challenge()
    options = await person.post(f"{AUTH}/authentication/options", {"challengeId": challengeId})
    assert options.status_code == 200, options.text
    proof = {"challengeId": challengeId, "method": "passkey", "assertion": device.get(options.json(), lie)}
    return await person.post("/auth/second-factor", proof)


async def addPasskey(person: Person, device: SoftwareAuthenticator, name: str = "Spare key") -> Response:
    options = await person.post(f"{AUTH}/registration/options")
    assert options.status_code == 200, options.text
    made = device.create(options.json())
    return await person.post(f"{AUTH}/registration/verify", {**made, "name": name})


async def testAPasskeyCanBeTheFirstFactor(makePerson: MakePerson, post: Post) -> None:
    person = await makePerson(isEnrolled=False)
    started = (await person.startSignIn()).json()
    assert (started["status"], started["methods"]) == ("enrollmentRequired", ["totp", "passkey"])
    device = SoftwareAuthenticator(transports=("usb",))
    answer = await enrollPasskey(person, device)
    assert answer.status_code == 200, answer.text
    assert answer.headers["set-cookie"].startswith("kAdminSession=")
    assert len(set(person.recoveryCodes)) == 10
    told = await post.to(person.email)
    assert [message.subject for message in told] == ["A second factor was added"]
    assert "Key ring" in told[0].text
    assert (await person.get("/auth/me")).json()["user"]["email"] == person.email
    begun = (await person.startSignIn()).json()
    assert (begun["status"], begun["methods"]) == ("secondFactorRequired", ["passkey", "recoveryCode"])
    assert (await signIn(person, device)).status_code == 200
    recovery = {"challengeId": await person.challenge(), "method": "recoveryCode", "code": person.recoveryCodes[0]}
    assert (await person.post("/auth/second-factor", recovery)).status_code == 200
    items = (await person.get(AUTH)).json()["items"]
    assert [(each["name"], each["deviceBound"], each["transports"]) for each in items] == [("Key ring", True, ["usb"])]
    assert items[0]["lastUsedAt"] is not None


async def testAPasswordAloneAddsNoSecondFactor(makePerson: MakePerson, boss: Person) -> None:
    person = await makePerson(isEnrolled=False)
    waiting = await person.challenge()
    options = (await person.post(f"{AUTH}/enrollment/options", {"challengeId": waiting})).json()
    thief = SoftwareAuthenticator().create(options)
    assert (await enrollPasskey(person, SoftwareAuthenticator())).status_code == 200
    late = await person.post(f"{AUTH}/enrollment/verify", {**thief, "challengeId": waiting})
    assert codeOf(late) == (401, "auth.challengeInvalid")
    late = await person.post("/auth/mfa/totp/enroll", {"challengeId": waiting})
    assert codeOf(late) == (401, "auth.challengeInvalid")
    begun = await person.post("/auth/mfa/totp/confirm", {"challengeId": waiting, "code": "123456"})
    assert codeOf(begun) == (401, "auth.challengeInvalid")
    enrolled = await boss.challenge()
    refused = await boss.post(f"{AUTH}/enrollment/options", {"challengeId": enrolled})
    assert codeOf(refused) == (401, "auth.challengeInvalid")
    noPasskey = await boss.post(f"{AUTH}/authentication/options", {"challengeId": enrolled})
    assert codeOf(noPasskey) == (404, "auth.passkeyNotFound")


LIES = {
    "another origin": Lie(origin="https://evil.example"),
    "a foreign frame": Lie(crossOrigin=True),
    "another relying party": Lie(rpId="evil.example"),
    "a registration's type": Lie(type="webauthn.create"),
    "a challenge nobody gave": Lie(challenge=b"0123456789abcdef0123456789abcdef"),
    "nobody verified": Lie(flagsOff=UV),
    "eligible for backup all of a sudden": Lie(flagsOn=BE),
    "somebody else's handle": Lie(userHandle=b"x" * 32),
    "another key": Lie(signedBy=makeKey("ES256")),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def testAPasskeyThatLiesOpensNothing(makePerson: MakePerson, lie: Lie) -> None:
    person = await makePerson(isEnrolled=False)
    device = SoftwareAuthenticator()
    await enrollPasskey(person, device)
    sessions = "SELECT count(*) FROM administrator_session WHERE administrator_id = $1"
    before = await person.sql.fetchval(sessions, UUID(person.administratorId))
    assert codeOf(await signIn(person, device, lie)) == (400, "auth.passkeyInvalid")
    assert await person.sql.fetchval(sessions, UUID(person.administratorId)) == before
    assert (await signIn(person, device)).status_code == 200


async def testARegistrationThatLiesEnrolsNothing(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    for lie in (Lie(origin="https://evil.example"), Lie(flagsOff=UV), Lie(type="webauthn.get")):
        answer = await enrollPasskey(person, SoftwareAuthenticator(), lie)
        assert codeOf(answer) == (400, "auth.passkeyRegistrationInvalid")
    assert (await person.startSignIn()).json()["status"] == "enrollmentRequired"


async def testACounterThatWentBackIsMarkedAuditedAndTold(makePerson: MakePerson, post: Post) -> None:
    person = await makePerson(isEnrolled=False)
    device = SoftwareAuthenticator(keepsCounter=True)
    await enrollPasskey(person, device)
    assert (await signIn(person, device, Lie(signCount=9))).status_code == 200
    assert codeOf(await signIn(person, device, Lie(signCount=9))) == (400, "auth.passkeyInvalid")
    assert (await person.get(AUTH)).json()["items"][0]["counterRegressedAt"] is not None
    events = await person.sql.fetchval(
        "SELECT count(*) FROM audit_event WHERE action = 'administrator.passkeyCounterWentBack' AND actor_id = $1",
        person.administratorId,
    )
    assert events == 1
    told = [message for message in await post.to(person.email) if message.subject.startswith("One of your passkeys")]
    assert len(told) == 1
    assert (await person.get(AUTH)).json()["items"][0]["name"] in told[0].text


async def testAChallengeIsForOneSignInAndOnce(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    device = SoftwareAuthenticator()
    await enrollPasskey(person, device)
    first, second = await person.challenge(), await person.challenge()
    signed = device.get((await person.post(f"{AUTH}/authentication/options", {"challengeId": first})).json())
    elsewhere = {"challengeId": second, "method": "passkey", "assertion": signed}
    assert codeOf(await person.post("/auth/second-factor", elsewhere)) == (400, "auth.passkeyInvalid")
    here = {**elsewhere, "challengeId": first}
    answers = await asyncio.gather(*(person.post("/auth/second-factor", here) for _ in range(20)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[200] == 1
    assert set(statuses) <= {200, 400, 401}


async def testAChallengeEndsAfterFiveMinutes(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    device = SoftwareAuthenticator()
    await enrollPasskey(person, device)
    challengeId = await person.challenge()
    signed = device.get((await person.post(f"{AUTH}/authentication/options", {"challengeId": challengeId})).json())
    await person.sql.execute(
        "UPDATE administrator_challenge SET expires_at = expires_at - $1::interval WHERE kind = 'passkeyAssertion'",
        timedelta(minutes=5),
    )
    proof = {"challengeId": challengeId, "method": "passkey", "assertion": signed}
    assert codeOf(await person.post("/auth/second-factor", proof)) == (400, "auth.passkeyInvalid")


async def testAddingRenamingAndRemoving(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    device, spare = SoftwareAuthenticator(), SoftwareAuthenticator()
    await enrollPasskey(person, device)
    keyRing = (await person.get(AUTH)).json()["items"][0]["id"]
    assert codeOf(await person.delete(f"{AUTH}/{keyRing}")) == (409, "auth.lastFactor")
    others = "SELECT count(*) FROM administrator_session WHERE administrator_id = $1 AND ended_at IS NULL"
    secret = person.client.cookies["kAdminSession"]
    assert (await signIn(person, device)).status_code == 200
    await person.takeCsrfToken()
    assert await person.sql.fetchval(others, UUID(person.administratorId)) == 2
    added = await addPasskey(person, spare)
    assert (added.status_code, added.json()["name"]) == (201, "Spare key")
    assert await person.sql.fetchval(others, UUID(person.administratorId)) == 1
    old = await person.client.get("/api/admin/auth/me", headers={"Cookie": f"kAdminSession={secret}"})
    assert old.status_code == 401
    renamed = await person.client.patch(f"/api/admin{AUTH}/{keyRing}", json={"name": "Old key ring"})
    assert renamed.json()["name"] == "Old key ring"
    assert (await person.delete(f"{AUTH}/{keyRing}")).status_code == 204
    assert codeOf(await person.delete(f"{AUTH}/{keyRing}")) == (404, "auth.passkeyNotFound")
    assert [each["name"] for each in (await person.get(AUTH)).json()["items"]] == ["Spare key"]
    assert (await signIn(person, spare)).status_code == 200
    actions = await person.sql.fetch(
        "SELECT action FROM audit_event WHERE actor_id = $1 ORDER BY seq", person.administratorId
    )
    assert [row["action"] for row in actions] == [
        "administrator.enrolled",
        "administrator.signedIn",
        "administrator.passkeyAdded",
        "administrator.passkeyRenamed",
        "administrator.passkeyRemoved",
        "administrator.signedIn",
    ]


async def testWithAnAppTheLastPasskeyMayGo(boss: Person) -> None:
    device = SoftwareAuthenticator()
    assert (await addPasskey(boss, device)).status_code == 201
    passkeyId = (await boss.get(AUTH)).json()["items"][0]["id"]
    assert (await boss.startSignIn()).json()["methods"] == ["passkey", "totp", "recoveryCode"]
    assert (await boss.delete(f"{AUTH}/{passkeyId}")).status_code == 204
    assert (await boss.startSignIn()).json()["methods"] == ["totp", "recoveryCode"]


async def testOfTwoThatRemoveTheLastTwoOneIsRefused(makePerson: MakePerson) -> None:
    person = await makePerson(isEnrolled=False)
    await enrollPasskey(person, SoftwareAuthenticator())
    await addPasskey(person, SoftwareAuthenticator())
    items = (await person.get(AUTH)).json()["items"]
    answers = await asyncio.gather(*(person.delete(f"{AUTH}/{each['id']}") for each in items))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def testAStrangersPasskeyIsNotFoundAndACredentialNotShared(makePerson: MakePerson) -> None:
    one, other = await makePerson(isEnrolled=False), await makePerson(isEnrolled=False)
    device = SoftwareAuthenticator()
    await enrollPasskey(one, device)
    await enrollPasskey(other, SoftwareAuthenticator())
    await addPasskey(other, SoftwareAuthenticator())
    passkeyId = (await one.get(AUTH)).json()["items"][0]["id"]
    for unknown in (passkeyId, str(generateId())):
        assert codeOf(await other.delete(f"{AUTH}/{unknown}")) == (404, "auth.passkeyNotFound")
    options = (await other.post(f"{AUTH}/registration/options")).json()
    made = SoftwareAuthenticator().create(options, credentialId=device.credentials[0].id)
    assert codeOf(await other.post(f"{AUTH}/registration/verify", {**made, "name": "Mine"})) == (
        409,
        "auth.passkeyTaken",
    )
    begun = await other.challenge()
    asked = (await other.post(f"{AUTH}/authentication/options", {"challengeId": begun})).json()
    foreign = device.get({**asked, "allowCredentials": []})
    proof = {"challengeId": begun, "method": "passkey", "assertion": foreign}
    assert codeOf(await other.post("/auth/second-factor", proof)) == (400, "auth.passkeyInvalid")


async def testAChangeNeedsAFreshSignIn(boss: Person) -> None:
    await addPasskey(boss, SoftwareAuthenticator())
    passkeyId = (await boss.get(AUTH)).json()["items"][0]["id"]
    made = SoftwareAuthenticator().create((await boss.post(f"{AUTH}/registration/options")).json())
    await growOld(boss)
    stale = [
        await boss.post(f"{AUTH}/registration/options"),
        await boss.post(f"{AUTH}/registration/verify", {**made, "name": "Late"}),
        await boss.delete(f"{AUTH}/{passkeyId}"),
    ]
    assert [codeOf(answer) for answer in stale] == [(401, "auth.reauthenticationRequired")] * 3
    assert len((await boss.get(AUTH)).json()["items"]) == 1


async def testAPasskeyOfAUserIsNoneOfAnAdministrator(makePerson: MakePerson) -> None:
    """The same site, the same device: what was made for a user's account is unknown here."""
    person = await makePerson(isEnrolled=False)
    await enrollPasskey(person, SoftwareAuthenticator())
    users = SoftwareAuthenticator()
    users.create({"challenge": "AAAA", "rp": {"id": "localhost"}, "user": {"id": "AAAA"}, "excludeCredentials": []})
    begun = await person.challenge()
    asked = (await person.post(f"{AUTH}/authentication/options", {"challengeId": begun})).json()
    proof = {
        "challengeId": begun,
        "method": "passkey",
        "assertion": users.get({**asked, "allowCredentials": []}),
    }
    assert codeOf(await person.post("/auth/second-factor", proof)) == (400, "auth.passkeyInvalid")


async def testAWrongPairOfMethodAndProofIsMalformed(boss: Person) -> None:
    challengeId = await boss.challenge()
    for wrong in ({"method": "passkey", "code": "123456"}, {"method": "totp"}, {"method": "passkey"}):
        answer = await boss.post("/auth/second-factor", {"challengeId": challengeId, **wrong})
        assert codeOf(answer) == (422, "request.invalid")


async def growOld(person: Person) -> None:
    """As if the sign-in had been six minutes ago."""
    await person.sql.execute(
        "UPDATE administrator_session SET created_at = created_at - interval '6 minutes' WHERE administrator_id = $1",
        UUID(person.administratorId),
    )
