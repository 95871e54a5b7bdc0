"""Every secret that is good once, each ready to be used by twenty requests at the same moment."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import pyotp
from altcha import Challenge, Payload, solve_challenge
from pydantic import JsonValue, TypeAdapter

from KAuthApp.backend.application.output.proofOfWorkOutput import ProofOfWorkOutput
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.policies.proofPolicy import ProofPolicy, ProofPurpose
from KAuthApp.backend.infrastructure.security.altchaProofOfWork import AltchaProofOfWork
from shared.backend.tests.softwareAuthenticator import SoftwareAuthenticator
from shared.backend.utils.clock import SystemClock
from shared.backend.utils.uuid import generateId
from tests.support.mailbox import Mailbox
from tests.support.planted import CODE, PASSWORD, Account, Planter
from tests.trials.requests import Request
from tests.trials.visitor import Visitor

AT_ONCE: Final = 20
NEW_PASSWORD: Final = "seven lanterns hang over the quiet bay"
LIFETIME: Final = timedelta(minutes=5)
FAILED_LATELY: Final = 20
SECOND_FACTOR: Final = "/api/auth/login/second-factor"
REVERT_LINK: Final = re.compile(r"/auth/email/revert#(\S+)")
FORGET_STEP: Final = "UPDATE user_totp SET last_step = last_step - 10 WHERE user_id = $1"
TEXTS: Final = TypeAdapter(list[str])
STEP_S: Final = 30


@dataclass(frozen=True)
class Race:
    """Requests that all spend one secret; afterwards none of `late` is accepted either."""

    requests: Sequence[Request]
    late: Sequence[Request] = ()


@dataclass(frozen=True)
class Gate:
    """Where races are prepared."""

    planter: Planter
    gateway: str
    mailbox: Mailbox

    async def visitor(self, owner: Account) -> Visitor:
        return Visitor(self.gateway, (await self.planter.browsers([owner]))[0])

    async def challenges(self, owner: Account, count: int = AT_ONCE, kind: str = "secondFactor") -> list[str]:
        """Sign-ins whose password was right, each waiting for a second factor."""
        now = SystemClock().now()
        ids = [generateId() for _ in range(count)]
        rows = [
            {
                "id": each,
                "kind": kind,
                "user_id": owner.id,
                "client": "browser",
                "web_authn_challenge": secrets.token_bytes(32),
                "auth_methods": ["password"],
                "failed_tries": 0,
                "created_at": now,
                "expires_at": now + LIFETIME,
            }
            for each in ids
        ]
        await self.planter.insert("sign_in_challenge", rows)
        return [str(each) for each in ids]

    def solved(self) -> str:
        """A proof of work for a sign-in, as altcha writes it; signed by the platform, but for next to no work."""
        maker = AltchaProofOfWork(self.planter.crypto, ProofPolicy(iterations=1))
        offered = maker.challenge(ProofPurpose.LOGIN, 2, SystemClock().now())
        challenge = Challenge.from_dict(ProofOfWorkOutput.of(offered).model_dump(mode="json"))
        solution = solve_challenge(challenge)
        assert solution is not None
        return Payload(challenge, solution).to_base64()

    async def guarded(self, owner: Account) -> tuple[pyotp.TOTP, list[str], Visitor]:
        """An authenticator app whose steps are all unused, recovery codes, and a browser that is signed in."""
        visitor = await self.visitor(owner)
        app = await self.proposed(visitor)
        confirmed = await visitor.ask("POST", "/api/auth/mfa/totp/confirm", {"code": app.now()})
        await self.planter.execute(FORGET_STEP, owner.id)
        return app, TEXTS.validate_python(confirmed.json()["recoveryCodes"]), visitor

    async def proposed(self, visitor: Visitor) -> pyotp.TOTP:
        enrolled = await visitor.ask("POST", "/api/auth/mfa/totp/enroll")
        return pyotp.TOTP(str(enrolled.json()["secret"]))

    async def startMoving(self, visitor: Visitor, owner: Account, newEmail: str) -> tuple[str, str]:
        """The codes that came to both addresses."""
        await visitor.ask("POST", "/api/auth/email/change", {"newEmail": newEmail})
        return await self.mailbox.codeFor(owner.email), await self.mailbox.codeFor(newEmail)

    async def withPasskey(self, owner: Account) -> tuple[SoftwareAuthenticator, Visitor]:
        visitor, device = await self.visitor(owner), SoftwareAuthenticator()
        await visitor.ask("POST", "/api/auth/passkeys/registration/verify", await self.newPasskey(visitor, device))
        return device, visitor

    async def newPasskey(self, visitor: Visitor, device: SoftwareAuthenticator) -> dict[str, JsonValue]:
        options = (await visitor.ask("POST", "/api/auth/passkeys/registration/options")).json()
        return asJson(device.create(options, origin=self.gateway))


def asJson(made: Mapping[str, object]) -> dict[str, JsonValue]:
    return TypeAdapter(dict[str, JsonValue]).validate_python(made)


def answering(challengeId: str, method: str, proof: JsonValue) -> Request:
    name = "assertion" if method == "passkey" else "code"
    return Request("POST", SECOND_FACTOR, body={"challengeId": challengeId, "method": method, name: proof})


async def _verifyCode(gate: Gate, owner: Account) -> Race:
    await gate.planter.execute(
        "UPDATE user_account SET status = 'pendingVerification', email_verified_at = NULL WHERE id = $1", owner.id
    )
    await gate.planter.codes([owner], CodePurpose.VERIFY_EMAIL)
    body: Mapping[str, JsonValue] = {"email": owner.email, "code": CODE}
    return Race([Request("POST", "/api/auth/verify-email", body=body)] * AT_ONCE)


async def _resetCode(gate: Gate, owner: Account) -> Race:
    await gate.planter.codes([owner], CodePurpose.RESET_PASSWORD)
    body: Mapping[str, JsonValue] = {"email": owner.email, "code": CODE, "newPassword": NEW_PASSWORD}
    return Race([Request("POST", "/api/auth/password/reset", body=body)] * AT_ONCE)


async def _signInCode(gate: Gate, owner: Account) -> Race:
    challenge = (await gate.challenges(owner, 1, "emailCode"))[0]
    await gate.planter.codes([owner], CodePurpose.SIGN_IN, UUID(challenge))
    return Race([answering(challenge, "emailCode", CODE)] * AT_ONCE)


async def _proofOfWork(gate: Gate, owner: Account) -> Race:
    """
    Strangers have failed at the accounts so often that a right password needs a proof, too.

    One account each: who is in has forgiven the account its failures, and the next one there needs no proof.
    """
    owners = [owner, *await gate.planter.accounts(AT_ONCE - 1)]
    await gate.planter.failures(owners, FAILED_LATELY)
    proof = gate.solved()
    bodies: list[Mapping[str, JsonValue]] = [
        {"email": one.email, "password": PASSWORD, "proof": proof} for one in owners
    ]
    return Race([Request("POST", "/api/auth/login", body=body) for body in bodies])


async def _totpOfOneChallenge(gate: Gate, owner: Account) -> Race:
    app, _, _ = await gate.guarded(owner)
    challenge, other = await gate.challenges(owner, 2)
    code = app.now()
    return Race([answering(challenge, "totp", code)] * AT_ONCE, [answering(other, "totp", code)])


async def _totpAcrossChallenges(gate: Gate, owner: Account) -> Race:
    app, _, _ = await gate.guarded(owner)
    code = app.now()
    return Race([answering(each, "totp", code) for each in await gate.challenges(owner)])


async def _totpOfTheStepBefore(gate: Gate, owner: Account) -> Race:
    app, _, _ = await gate.guarded(owner)
    left = STEP_S - time.time() % STEP_S
    await asyncio.sleep(left if left < 5 else 0)  # or it would be two steps back when it is shown
    code = app.at(int(time.time()) - STEP_S)
    return Race([answering(each, "totp", code) for each in await gate.challenges(owner)])


async def _totpOfTheStepToCome(gate: Gate, owner: Account) -> Race:
    app, _, _ = await gate.guarded(owner)
    ahead, now = app.at(int(time.time()) + STEP_S), app.now()
    *challenges, last = await gate.challenges(owner, AT_ONCE + 1)
    return Race([answering(each, "totp", ahead) for each in challenges], [answering(last, "totp", now)])


async def _totpOfTheEnrolment(gate: Gate, owner: Account) -> Race:
    visitor = await gate.visitor(owner)
    code = (await gate.proposed(visitor)).now()
    confirm = Request("POST", "/api/auth/mfa/totp/confirm", visitor.headers, {"code": code})
    return Race([confirm] * AT_ONCE, [answering(each, "totp", code) for each in await gate.challenges(owner, 3)])


async def _recoveryCode(gate: Gate, owner: Account) -> Race:
    _, codes, _ = await gate.guarded(owner)
    *challenges, last = await gate.challenges(owner, AT_ONCE + 1)
    return Race(
        [answering(each, "recoveryCode", codes[0]) for each in challenges], [answering(last, "recoveryCode", codes[0])]
    )


async def _secondFactorChallenge(gate: Gate, owner: Account) -> Race:
    """One challenge, ten codes that are each good."""
    _, codes, _ = await gate.guarded(owner)
    challenge = (await gate.challenges(owner, 1))[0]
    return Race([answering(challenge, "recoveryCode", code) for code in [*codes, *codes]])


async def _passkeySignIn(gate: Gate, owner: Account) -> Race:
    device, visitor = await gate.withPasskey(owner)
    options = (await visitor.ask("POST", "/api/auth/passkeys/authentication/options", {})).json()
    body = asJson(device.get(options, origin=gate.gateway))
    return Race([Request("POST", "/api/auth/passkeys/authentication/verify", body=body)] * AT_ONCE)


async def _passkeyAsSecondFactor(gate: Gate, owner: Account) -> Race:
    device, visitor = await gate.withPasskey(owner)
    challenges = await gate.challenges(owner)
    asked: Mapping[str, JsonValue] = {"challengeId": challenges[0]}
    options = (await visitor.ask("POST", "/api/auth/passkeys/authentication/options", asked)).json()
    assertion = asJson(device.get(options, origin=gate.gateway))
    return Race([answering(challenges[0], "passkey", assertion)] * AT_ONCE)


async def _passkeyRegistration(gate: Gate, owner: Account) -> Race:
    visitor = await gate.visitor(owner)
    body = await gate.newPasskey(visitor, SoftwareAuthenticator())
    return Race([Request("POST", "/api/auth/passkeys/registration/verify", visitor.headers, body)] * AT_ONCE)


async def _stepUp(gate: Gate, owner: Account) -> Race:
    """Twenty sessions of one person, and one code of the app."""
    app, _, _ = await gate.guarded(owner)
    browsers = await gate.planter.browsers([owner] * AT_ONCE)
    body: Mapping[str, JsonValue] = {"code": app.now()}
    return Race([Request("POST", "/api/auth/reauthenticate", each.headers, body) for each in browsers])


async def _emailChangeCodes(gate: Gate, owner: Account) -> Race:
    visitor, newEmail = await gate.visitor(owner), f"moved-{owner.id.hex}@example.com"
    oldCode, newCode = await gate.startMoving(visitor, owner, newEmail)
    body: Mapping[str, JsonValue] = {"oldCode": oldCode, "newCode": newCode}
    return Race([Request("POST", "/api/auth/email/change/confirm", visitor.headers, body)] * AT_ONCE)


async def _emailRevertToken(gate: Gate, owner: Account) -> Race:
    visitor, newEmail = await gate.visitor(owner), f"moved-{owner.id.hex}@example.com"
    oldCode, newCode = await gate.startMoving(visitor, owner, newEmail)
    await visitor.ask("POST", "/api/auth/email/change/confirm", {"oldCode": oldCode, "newCode": newCode})
    token = await gate.mailbox.findingTo(owner.email, REVERT_LINK)
    return Race([Request("POST", "/api/auth/email/change/revert", body={"token": token})] * AT_ONCE)


PrepareRace = Callable[[Gate, Account], Awaitable[Race]]

SECRETS: Final[Mapping[str, PrepareRace]] = {
    "verifyCode": _verifyCode,
    "resetCode": _resetCode,
    "signInCode": _signInCode,
    "proofOfWork": _proofOfWork,
    "totpOfOneChallenge": _totpOfOneChallenge,
    "totpAcrossChallenges": _totpAcrossChallenges,
    "totpOfTheStepBefore": _totpOfTheStepBefore,
    "totpOfTheStepToCome": _totpOfTheStepToCome,
    "totpOfTheEnrolment": _totpOfTheEnrolment,
    "recoveryCode": _recoveryCode,
    "secondFactorChallenge": _secondFactorChallenge,
    "passkeySignIn": _passkeySignIn,
    "passkeyAsSecondFactor": _passkeyAsSecondFactor,
    "passkeyRegistration": _passkeyRegistration,
    "stepUp": _stepUp,
    "emailChangeCodes": _emailChangeCodes,
    "emailRevertToken": _emailRevertToken,
}
