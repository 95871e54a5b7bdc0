from __future__ import annotations

import asyncio
from collections.abc import Mapping

from httpx import AsyncClient, Response

from KAuthApp.backend.tests.factors import Guarded, answerWith, challengeOf, codeOf, guarded
from KAuthApp.backend.tests.harness import NEW_PASSWORD, AuthServer, Person, login
from KAuthApp.backend.tests.passkeys import requestOptions, withPasskey
from shared.backend.tests.softwareAuthenticator import SoftwareAuthenticator


async def mailedCode(server: AuthServer, client: AsyncClient, person: Person) -> str:
    assert (await client.post("/api/auth/password/forgot", json={"email": person.email})).status_code == 202
    return await server.lastCode(person.email)


async def reset(
    client: AsyncClient,
    who: Person,
    code: str,
    factor: Mapping[str, object] | None = None,
    password: str = NEW_PASSWORD,
) -> Response:
    body = {"email": who.email, "code": code, "newPassword": password, "secondFactor": factor}
    return await client.post("/api/auth/password/reset", json=body)


def totp(code: str) -> dict[str, str]:
    return {"method": "totp", "code": code}


def recovery(code: str) -> dict[str, str]:
    return {"method": "recoveryCode", "code": code}


async def withCode(server: AuthServer, client: AsyncClient) -> tuple[Guarded, str]:
    who = await guarded(server, client)
    return who, await mailedCode(server, client, who.person)


async def testMailAloneNeverGetsIn(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    answer = await reset(client, who.person, code)
    assert (answer.status_code, codeOf(answer)) == (401, "auth.secondFactorRequired")
    answer = await reset(client, who.person, code, totp(who.app.wrongCode()))
    assert (answer.status_code, codeOf(answer)) == (401, "auth.secondFactorInvalid")
    assert (await login(client, Person(who.person.email, NEW_PASSWORD))).status_code == 401
    assert (await client.get("/api/auth/me")).status_code == 200, "nothing has ended"


async def testTheMailedCodeStaysGoodUntilTheFactorIsRight(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    for _ in range(3):
        await reset(client, who.person, code, totp(who.app.wrongCode()))
    assert (await reset(client, who.person, code, totp(who.app.nextCode()))).status_code == 204
    assert codeOf(await reset(client, who.person, code, recovery(who.recoveryCodes[0]))) == "auth.codeInvalid"


async def testTheFactorStaysAfterTheReset(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    assert (await reset(client, who.person, code, totp(who.app.nextCode()))).status_code == 204
    assert (await client.get("/api/auth/me")).status_code == 401
    renewed = Person(who.person.email, NEW_PASSWORD)
    answer = await answerWith(client, await challengeOf(client, renewed), who.app.nextCode())
    assert answer.json()["user"]["mfa"] == {"totp": True, "passkeys": 0, "recoveryCodesLeft": 10}


async def testARecoveryCodeDoesAndIsSpent(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    assert (await reset(client, who.person, code, recovery(who.recoveryCodes[1]))).status_code == 204
    await server.runJobs()
    subjects = [message.subject for message in server.mail.to(who.person.email)[-2:]]
    assert set(subjects) == {"A recovery code was used", "Your password was changed"}
    renewed = Person(who.person.email, NEW_PASSWORD)
    answer = await answerWith(client, await challengeOf(client, renewed), who.recoveryCodes[1], "recoveryCode")
    assert codeOf(answer) == "auth.secondFactorInvalid"


async def testARefusedPasswordSpendsNeitherCodeNorFactor(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    factor = totp(who.app.nextCode())
    assert (await reset(client, who.person, code, factor, "wulandariwulandari")).status_code == 422
    assert (await reset(client, who.person, code, factor)).status_code == 204


async def testAWrongMailedCodeSpendsNoFactor(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    factor = totp(who.app.nextCode())
    wrong = "000000" if code != "000000" else "111111"
    assert codeOf(await reset(client, who.person, wrong, factor)) == "auth.codeInvalid"
    assert (await reset(client, who.person, code, factor)).status_code == 204


async def testWrongMailedCodesVoidItWhateverTheFactor(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        await reset(client, who.person, wrong, totp(who.app.wrongCode()))
    assert codeOf(await reset(client, who.person, code, totp(who.app.nextCode()))) == "auth.codeInvalid"


async def testGuessingTheFactorByMailIsThrottled(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    for _ in range(5):
        await reset(client, who.person, code, totp(who.app.wrongCode()))
    answer = await reset(client, who.person, code, totp(who.app.code()))
    assert (answer.status_code, codeOf(answer)) == (429, "auth.tooManyAttempts")
    assert (await reset(client, who.person, code, recovery(who.recoveryCodes[0]))).status_code == 204


async def testOfTwentyEqualResetsOneWins(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    factor = totp(who.app.nextCode())
    answers = await asyncio.gather(*(reset(client, who.person, code, factor) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 19


async def testOneFactorAllowsOneOfAResetAndASignIn(server: AuthServer, client: AsyncClient) -> None:
    for _ in range(5):
        async with server.browser() as own:
            who, code = await withCode(server, own)
            challengeId = await challengeOf(own, who.person)
            appCode = who.app.nextCode()
            answers = await asyncio.gather(
                reset(own, who.person, code, totp(appCode)), answerWith(own, challengeId, appCode)
            )
            assert sum(answer.is_success for answer in answers) == 1


async def testAResetVoidsWhatWasHalfSignedIn(server: AuthServer, client: AsyncClient) -> None:
    who, code = await withCode(server, client)
    challengeId = await challengeOf(client, who.person)
    assert (await reset(client, who.person, code, totp(who.app.nextCode()))).status_code == 204
    assert codeOf(await answerWith(client, challengeId, who.app.nextCode())) == "auth.challengeInvalid"


async def testAPasskeyAllowsAReset(server: AuthServer, client: AsyncClient) -> None:
    device, stranger = SoftwareAuthenticator(), SoftwareAuthenticator()
    person, _ = await withPasskey(server, client, device)
    async with server.browser() as elsewhere:
        await withPasskey(server, elsewhere, stranger)
    code = await mailedCode(server, client, person)
    foreign = {"method": "passkey", "assertion": stranger.get(await requestOptions(client))}
    assert codeOf(await reset(client, person, code, foreign)) == "auth.secondFactorInvalid"
    signed = {"method": "passkey", "assertion": device.get(await requestOptions(client, email=person.email))}
    answers = await asyncio.gather(*(reset(client, person, code, signed) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 4
    assert (await client.get("/api/auth/me")).status_code == 401
    begun = await login(client, Person(person.email, NEW_PASSWORD))
    assert begun.json()["methods"] == ["passkey", "recoveryCode"], "the passkey stays"


async def testAnAssertionForAnotherPurposeAllowsNoReset(server: AuthServer, client: AsyncClient) -> None:
    """A step-up of a stolen session, or half a sign-in, is no consent to a new password."""
    device = SoftwareAuthenticator()
    person, headers = await withPasskey(server, client, device)
    code = await mailedCode(server, client, person)
    stepUp = (await client.post("/api/auth/reauthenticate/options", headers=headers)).json()
    begun = (await login(client, person)).json()["challengeId"]
    for options in (stepUp, await requestOptions(client, challengeId=begun)):
        factor = {"method": "passkey", "assertion": device.get(options)}
        assert codeOf(await reset(client, person, code, factor)) == "auth.secondFactorInvalid"


async def testAnAccountWithoutAFactorNeedsNone(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)
    code = await mailedCode(server, client, person)
    assert (await reset(client, person, code, totp("493027"))).status_code == 204
