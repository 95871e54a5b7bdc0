"""Everything a stranger may try with a passkey that is not right: each is refused, and nothing has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pytest
from httpx import AsyncClient, Response

from KAuthApp.backend.tests.harness import COOKIE, AuthServer, login
from KAuthApp.backend.tests.passkeys import (
    BASE,
    codeOf,
    creationOptions,
    registerPasskey,
    requestOptions,
    signInByPasskey,
    withPasskey,
)
from shared.backend.tests.softwareAuthenticator import BE, BS, UP, UV, Lie, SoftwareAuthenticator, makeKey
from shared.backend.webAuthn.base64Url import fromBase64Url, toBase64Url

Json = dict[str, object]
KEPT: Final = ("user_account", "user_passkey", "user_session", "user_recovery_code", "audit_event", "outbox_message")
REFUSED: Final = (401, "auth.passkeyInvalid")
NO_CHALLENGE: Final = (401, "auth.challengeInvalid")
NOT_REGISTERED: Final = (400, "auth.passkeyRegistrationInvalid")


@dataclass
class Scene:
    """Somebody with a passkey, and a browser that is not signed in."""

    server: AuthServer
    owner: AsyncClient
    headers: Mapping[str, str]
    browser: AsyncClient
    device: SoftwareAuthenticator

    async def kept(self) -> list[object]:
        """Everything that could have changed."""
        rows: list[object] = []
        for table in KEPT:
            statement = f"SELECT md5(t::text) AS row FROM {table} t ORDER BY 1"  # noqa: S608 - our own tables
            rows += await self.server.rows(statement)
        used = "SELECT count(*) AS used FROM sign_in_challenge WHERE used_at IS NOT NULL"
        return rows + list(await self.server.rows(used))

    async def verify(self, signed: Json) -> Response:
        return await self.browser.post(f"{BASE}/authentication/verify", json=signed)

    async def register(self, made: Json) -> Response:
        return await self.owner.post(f"{BASE}/registration/verify", json=made, headers=self.headers)


@pytest.fixture
async def scene(server: AuthServer, client: AsyncClient) -> AsyncIterator[Scene]:
    device = SoftwareAuthenticator(keepsCounter=True)
    _, headers = await withPasskey(server, client, device)
    async with server.browser() as browser:
        yield Scene(server, client, headers, browser, device)


async def ensureNothingChanged(
    scene: Scene, attempt: Callable[[], Awaitable[Response]], expected: tuple[int, str]
) -> None:
    before = await scene.kept()
    answer = await attempt()
    assert codeOf(answer) == expected
    assert COOKIE not in answer.cookies
    assert await scene.kept() == before


SIGN_IN_LIES: Final[Mapping[str, tuple[Lie, tuple[int, str]]]] = {
    "another origin": (Lie(origin="https://evil.example"), REFUSED),
    "another port": (Lie(origin="http://localhost:8081"), REFUSED),
    "a subdomain": (Lie(origin="http://evil.localhost:8080"), REFUSED),
    "a foreign frame": (Lie(crossOrigin=True), REFUSED),
    "a foreign top": (Lie(topOrigin="https://evil.example"), REFUSED),
    "another relying party": (Lie(rpId="evil.example"), REFUSED),
    "a registration's type": (Lie(type="webauthn.create"), REFUSED),
    "a challenge nobody gave": (Lie(challenge=b"0123456789abcdef0123456789abcdef"), NO_CHALLENGE),
    "an empty challenge": (Lie(challenge=b""), NO_CHALLENGE),
    "nobody there": (Lie(flagsOff=UP), REFUSED),
    "nobody verified": (Lie(flagsOff=UV), REFUSED),
    "eligible for backup all of a sudden": (Lie(flagsOn=BE), REFUSED),
    "backed up though not eligible": (Lie(flagsOn=BS), REFUSED),
    "somebody else's handle": (Lie(userHandle=b"x" * 32), REFUSED),
    "another key": (Lie(signedBy=makeKey("ES256")), REFUSED),
    "a key of another kind": (Lie(signedBy=makeKey("EdDSA")), REFUSED),
}


@pytest.mark.parametrize(("lie", "expected"), SIGN_IN_LIES.values(), ids=SIGN_IN_LIES)
async def testASignInThatLies(scene: Scene, lie: Lie, expected: tuple[int, str]) -> None:
    signed = scene.device.get(await requestOptions(scene.browser), lie)
    await ensureNothingChanged(scene, lambda: scene.verify(signed), expected)


REGISTRATION_LIES: Final[Mapping[str, Lie]] = {
    "another origin": Lie(origin="https://evil.example"),
    "a foreign frame": Lie(crossOrigin=True),
    "another relying party": Lie(rpId="evil.example"),
    "an assertion's type": Lie(type="webauthn.get"),
    "a challenge nobody gave": Lie(challenge=b"0123456789abcdef0123456789abcdef"),
    "nobody there": Lie(flagsOff=UP),
    "nobody verified": Lie(flagsOff=UV),
    "backed up though not eligible": Lie(flagsOn=BS),
}


@pytest.mark.parametrize("lie", REGISTRATION_LIES.values(), ids=REGISTRATION_LIES)
async def testARegistrationThatLies(scene: Scene, lie: Lie) -> None:
    made = SoftwareAuthenticator().create(await creationOptions(scene.owner, scene.headers), lie)
    await ensureNothingChanged(scene, lambda: scene.register(made), NOT_REGISTERED)


async def testAPackedStatementThatLies(scene: Scene) -> None:
    device = SoftwareAuthenticator(attestation="packed")
    options = await creationOptions(scene.owner, scene.headers)
    made = device.create(options, Lie(signedBy=makeKey("ES256")))
    await ensureNothingChanged(scene, lambda: scene.register(made), NOT_REGISTERED)


async def testAnAlgorithmNobodyAskedFor(scene: Scene) -> None:
    made = SoftwareAuthenticator("ES384").create(await creationOptions(scene.owner, scene.headers))
    await ensureNothingChanged(scene, lambda: scene.register(made), NOT_REGISTERED)


async def testACredentialThatIsTaken(scene: Scene) -> None:
    options = await creationOptions(scene.owner, scene.headers)
    made = SoftwareAuthenticator().create(options, credentialId=scene.device.credentials[0].id)
    await ensureNothingChanged(scene, lambda: scene.register(made), (409, "auth.passkeyTaken"))


async def testAnAnswerShownTwice(scene: Scene) -> None:
    signed = scene.device.get(await requestOptions(scene.browser))
    assert (await scene.verify(signed)).status_code == 200
    await ensureNothingChanged(scene, lambda: scene.verify(signed), NO_CHALLENGE)


async def testAnAnswerThatComesTooLate(scene: Scene) -> None:
    signed = scene.device.get(await requestOptions(scene.browser))
    scene.server.clock.ahead = timedelta(minutes=5)
    await ensureNothingChanged(scene, lambda: scene.verify(signed), NO_CHALLENGE)


async def testARegistrationThatComesTooLate(scene: Scene) -> None:
    made = SoftwareAuthenticator().create(await creationOptions(scene.owner, scene.headers))
    scene.server.clock.ahead = timedelta(minutes=3)
    options = (await scene.owner.post("/api/auth/reauthenticate/options", headers=scene.headers)).json()
    shown = {"assertion": scene.device.get(options)}
    answer = await scene.owner.post("/api/auth/reauthenticate", json=shown, headers=scene.headers)
    scene.headers = {"X-CSRF-Token": answer.json()["csrfToken"]}
    scene.server.clock.ahead = timedelta(minutes=5)
    await scene.owner.get(BASE)  # so that the use of the session is written down before
    await ensureNothingChanged(scene, lambda: scene.register(made), NOT_REGISTERED)


async def testAChallengeForSomethingElse(scene: Scene) -> None:
    creation = await creationOptions(scene.owner, scene.headers)
    signed = scene.device.get({"challenge": creation["challenge"], "rpId": "localhost", "allowCredentials": []})
    await ensureNothingChanged(scene, lambda: scene.verify(signed), NO_CHALLENGE)
    request = await requestOptions(scene.browser)
    made = SoftwareAuthenticator().create({**creation, "challenge": request["challenge"]})
    await ensureNothingChanged(scene, lambda: scene.register(made), NOT_REGISTERED)


async def testACredentialNobodyHas(scene: Scene) -> None:
    stranger = SoftwareAuthenticator()
    stranger.create(await creationOptions(scene.owner, scene.headers))
    signed = stranger.get(await requestOptions(scene.browser))
    await ensureNothingChanged(scene, lambda: scene.verify(signed), REFUSED)


async def testSomebodyElsesCredentialUnderOnesOwnName(scene: Scene) -> None:
    async with scene.server.browser() as other:
        theirs = SoftwareAuthenticator()
        await withPasskey(scene.server, other, theirs)
    signed = theirs.get(await requestOptions(scene.browser), Lie(userHandle=scene.device.credentials[0].userHandle))
    await ensureNothingChanged(scene, lambda: scene.verify(signed), REFUSED)
    mine = scene.device.credentials[0]
    signed = scene.device.get(await requestOptions(scene.browser), using=mine)
    renamed = {**signed, "id": toBase64Url(theirs.credentials[0].id), "rawId": toBase64Url(theirs.credentials[0].id)}
    await ensureNothingChanged(scene, lambda: scene.verify(renamed), REFUSED)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
async def testAChangedByte(scene: Scene, part: str) -> None:
    signed = scene.device.get(await requestOptions(scene.browser))
    shown = signed["response"]
    assert isinstance(shown, dict)
    raw = bytearray(fromBase64Url(str(shown[part])))
    raw[len(raw) // 2] ^= 1
    changed = {**signed, "response": {**shown, part: toBase64Url(bytes(raw))}}
    before = await scene.kept()
    assert codeOf(await scene.verify(changed)) in (REFUSED, NO_CHALLENGE)
    assert await scene.kept() == before


async def testAPasskeyThatIsRemoved(scene: Scene) -> None:
    signed = scene.device.get(await requestOptions(scene.browser))
    passkeyId = (await scene.owner.get(BASE)).json()["items"][0]["id"]
    assert (await scene.owner.delete(f"{BASE}/{passkeyId}", headers=scene.headers)).status_code == 204
    await ensureNothingChanged(scene, lambda: scene.verify(signed), REFUSED)


MALFORMED: Final[Mapping[str, Callable[[Json], Json]]] = {
    "nothing": lambda signed: {},
    "another type": lambda signed: {**signed, "type": "password"},
    "no signature": lambda signed: {**signed, "response": _without(signed, "signature")},
    "padded base64": lambda signed: {**signed, "rawId": f"{signed['rawId']}=="},
    "spaces": lambda signed: {**signed, "rawId": f" {signed['rawId']}"},
    "a number for an id": lambda signed: {**signed, "id": 7},
    "a list for an answer": lambda signed: {**signed, "response": []},
    "a huge signature": lambda signed: {**signed, "response": {**_shown(signed), "signature": "A" * 70_000}},
    "a client there is not": lambda signed: {**signed, "client": "toaster"},
}


@pytest.mark.parametrize("spoil", MALFORMED.values(), ids=MALFORMED)
async def testWhatCannotBeReadIsMalformed(scene: Scene, spoil: Callable[[Json], Json]) -> None:
    spoilt = spoil(scene.device.get(await requestOptions(scene.browser)))
    before = await scene.kept()
    answer = await scene.verify(spoilt)
    assert codeOf(answer) == (422, "request.invalid")
    assert "AAAA" not in answer.text
    assert await scene.kept() == before


async def testNeitherASessionNorAnApiKeyOfAStrangerRegisters(scene: Scene) -> None:
    made = SoftwareAuthenticator().create(await creationOptions(scene.owner, scene.headers))
    before = await scene.kept()
    anonymous = await scene.browser.post(f"{BASE}/registration/verify", json=made)
    assert codeOf(anonymous) == (401, "auth.unauthenticated")
    withoutToken = await scene.owner.post(f"{BASE}/registration/verify", json=made)
    assert codeOf(withoutToken) == (403, "auth.csrfRequired")
    assert await scene.kept() == before


async def testAWrongSecondFactorOpensNothing(server: AuthServer, client: AsyncClient) -> None:
    device = SoftwareAuthenticator()
    person, _ = await withPasskey(server, client, device)
    async with server.browser() as browser:
        begun = (await login(browser, person)).json()
        options = await requestOptions(browser, challengeId=begun["challengeId"])
        proof = {"challengeId": begun["challengeId"], "method": "passkey"}
        for lie in (Lie(origin="https://evil.example"), Lie(flagsOff=UV), Lie(signedBy=makeKey("ES256"))):
            signed = device.get(options, lie)
            answer = await browser.post("/api/auth/login/second-factor", json={**proof, "assertion": signed})
            assert codeOf(answer) == (401, "auth.secondFactorInvalid")
        assert COOKIE not in browser.cookies


async def testBothAChallengeAndAnAddressIsOneTooMany(client: AsyncClient) -> None:
    asked = {"challengeId": "0192f0c1-2345-7abc-8def-0123456789ab", "email": "sari@example.com"}
    answer = await client.post(f"{BASE}/authentication/options", json=asked)
    assert codeOf(answer) == (422, "request.invalid")
    answer = await client.post(f"{BASE}/authentication/options", json={"challengeId": asked["challengeId"]})
    assert codeOf(answer) == NO_CHALLENGE


async def testTheOwnerIsNeverLockedOutByRefusals(scene: Scene) -> None:
    for _ in range(10):
        lied = await signInByPasskey(scene.browser, scene.device, Lie(origin="https://evil.example"))
        assert codeOf(lied) == REFUSED
    assert (await signInByPasskey(scene.browser, scene.device)).status_code == 200
    assert (await registerPasskey(scene.owner, scene.headers, SoftwareAuthenticator())).status_code == 201


def _shown(signed: Json) -> Json:
    shown = signed["response"]
    assert isinstance(shown, dict)
    return shown


def _without(signed: Json, name: str) -> Json:
    return {key: value for key, value in _shown(signed).items() if key != name}
