"""The same for administrators: the link of their invitation and their second factors."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import pyotp
from pydantic import JsonValue

from shared.backend.http.credentials import hashCredential
from shared.backend.utils.clock import SystemClock
from shared.backend.utils.uuid import generateId
from tests.support.planted import PASSWORD, Account
from tests.trials.oneTimeSecrets import AT_ONCE, TEXTS, Gate, PrepareRace, Race
from tests.trials.requests import Request

BASE: Final = "/api/admin/auth"
LIFETIME: Final = timedelta(minutes=5)
FORGET_STEP: Final = "UPDATE administrator_totp SET last_step = last_step - 10 WHERE administrator_id = $1"


async def _invite(gate: Gate, invited: Account) -> Request:
    """What its reader sends with the link, for an administrator who is planted for it."""
    now = SystemClock().now()
    administrator = {
        "id": invited.id,
        "email": invited.email,
        "status": "invited",
        "failures_in_a_row": 0,
        "created_at": now,
        "updated_at": now,
    }
    await gate.planter.insert("administrator", [administrator])
    token = await _link(gate, invited)
    return Request("POST", f"{BASE}/invitation/accept", body={"token": token, "password": PASSWORD})


async def _link(gate: Gate, owner: Account) -> str:
    """The token of a one-time link."""
    now, token = SystemClock().now(), secrets.token_urlsafe(32)
    link = {
        "id": generateId(),
        "administrator_id": owner.id,
        "token_hash": hashCredential(token),
        "created_at": now,
        "expires_at": now + LIFETIME,
    }
    await gate.planter.insert("administrator_invitation", [link])
    return token


async def _guarded(gate: Gate, invited: Account) -> tuple[pyotp.TOTP, list[str]]:
    """An administrator's authenticator app whose steps are all unused, and the recovery codes."""
    await _accepted(gate, await _invite(gate, invited))
    login = Request("POST", f"{BASE}/login", body={"email": invited.email, "password": PASSWORD})
    challenge = {"challengeId": (await _accepted(gate, login))["challengeId"]}
    enrolled = await _accepted(gate, Request("POST", f"{BASE}/mfa/totp/enroll", body=challenge))
    app = pyotp.TOTP(str(enrolled["secret"]))
    confirm = Request("POST", f"{BASE}/mfa/totp/confirm", body={**challenge, "code": app.now()})
    confirmed = await _accepted(gate, confirm)
    await gate.planter.execute(FORGET_STEP, invited.id)
    return app, TEXTS.validate_python(confirmed["recoveryCodes"])


async def _accepted(gate: Gate, request: Request) -> Mapping[str, JsonValue]:
    answer = await request.send(gate.gateway)
    assert answer.isAccepted, answer.text
    return answer.json() if answer.text else {}


async def _challenges(gate: Gate, invited: Account, count: int = AT_ONCE) -> Sequence[str]:
    """Sign-ins whose password was right, each waiting for the second factor."""
    now, tokens = SystemClock().now(), [secrets.token_urlsafe(32) for _ in range(count)]
    rows = [
        {
            "id": generateId(),
            "administrator_id": invited.id,
            "kind": "secondFactor",
            "token_hash": hashCredential(token),
            "tries": 0,
            "created_at": now,
            "expires_at": now + LIFETIME,
        }
        for token in tokens
    ]
    await gate.planter.insert("administrator_challenge", rows)
    return tokens


def _answering(challengeId: str, method: str, code: str) -> Request:
    return Request("POST", f"{BASE}/second-factor", body={"challengeId": challengeId, "method": method, "code": code})


async def _invitation(gate: Gate, owner: Account) -> Race:
    return Race([await _invite(gate, owner)] * AT_ONCE)


async def _browserLink(gate: Gate, owner: Account) -> Race:
    """For who has chosen a password already."""
    await _accepted(gate, await _invite(gate, owner))
    token = await _link(gate, owner)
    return Race([Request("POST", f"{BASE}/browser/confirm", body={"token": token})] * AT_ONCE)


async def _totp(gate: Gate, owner: Account) -> Race:
    app, _ = await _guarded(gate, owner)
    code = app.now()
    return Race([_answering(each, "totp", code) for each in await _challenges(gate, owner)])


async def _recoveryCode(gate: Gate, owner: Account) -> Race:
    _, codes = await _guarded(gate, owner)
    return Race([_answering(each, "recoveryCode", codes[0]) for each in await _challenges(gate, owner)])


async def _challenge(gate: Gate, owner: Account) -> Race:
    """One challenge, ten codes that are each good."""
    _, codes = await _guarded(gate, owner)
    challenge = (await _challenges(gate, owner, 1))[0]
    return Race([_answering(challenge, "recoveryCode", code) for code in [*codes, *codes]])


ADMINISTRATORS_SECRETS: Final[Mapping[str, PrepareRace]] = {
    "administratorInvitation": _invitation,
    "administratorBrowserLink": _browserLink,
    "administratorTotp": _totp,
    "administratorRecoveryCode": _recoveryCode,
    "administratorChallenge": _challenge,
}
