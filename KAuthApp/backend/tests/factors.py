"""Second factors in tests: an authenticator app that people carry with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from httpx import AsyncClient, Response

from KAuthApp.backend.tests.harness import AuthServer, Person, csrfHeaders, login

STEP = timedelta(seconds=30)
SESSION = "/api/auth/me"


@dataclass
class Authenticator:
    """An app that knows one secret. Its clock is the server's, moved by `drift`."""

    server: AuthServer
    secret: str
    drift: timedelta = timedelta(0)

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.server.clock.now() + self.drift)

    def nextCode(self) -> str:
        """A code nobody has used: the clock moves to the next step."""
        self.server.clock.ahead += STEP
        return self.code()

    def wrongCode(self) -> str:
        """Six digits that are no code of this moment."""
        now = self.server.clock.now()
        good = {pyotp.TOTP(self.secret).at(now + STEP * steps) for steps in range(-2, 3)}
        return next(text for text in ("000000", "111111", "222222", "333333", "444444", "555555") if text not in good)


@dataclass
class Guarded:
    """Somebody with an authenticator app and ten recovery codes, signed in in one browser."""

    person: Person
    app: Authenticator
    recoveryCodes: list[str]
    headers: Mapping[str, str]


async def enroll(server: AuthServer, client: AsyncClient, headers: Mapping[str, str]) -> Authenticator:
    """An app whose secret is proposed; nothing is confirmed yet."""
    answer = await client.post("/api/auth/mfa/totp/enroll", headers=headers)
    assert answer.status_code == 200, answer.text
    return Authenticator(server, answer.json()["secret"])


async def confirm(client: AsyncClient, code: str, headers: Mapping[str, str]) -> Response:
    return await client.post("/api/auth/mfa/totp/confirm", json={"code": code}, headers=headers)


async def guarded(server: AuthServer, client: AsyncClient) -> Guarded:
    """Registered, signed in, and the app confirmed; its session goes on in `client`, and time stands still."""
    server.clock.hold()
    person = await server.register(client)
    app = await enroll(server, client, await server.signIn(client, person))
    answer = await confirm(client, app.code(), await csrfHeaders(client))
    assert answer.status_code == 200, answer.text
    return Guarded(person, app, answer.json()["recoveryCodes"], await csrfHeaders(client))


async def challengeOf(client: AsyncClient, person: Person, kind: str = "browser") -> str:
    """The password is right, the factor is owed."""
    answer = await login(client, person, kind)
    assert answer.json()["status"] == "secondFactorRequired", answer.text
    return str(answer.json()["challengeId"])


async def challengesOf(server: AuthServer, client: AsyncClient, person: Person, count: int) -> list[str]:
    """As many sign-ins half done. One is real, the rest its twins: signing in that often has to wait in between."""
    first = await challengeOf(client, person)
    twins = await server.rows(
        "INSERT INTO sign_in_challenge (id, kind, user_id, client, auth_methods, failed_tries, created_at, expires_at)"
        " SELECT gen_random_uuid(), kind, user_id, client, auth_methods, 0, created_at, expires_at"
        " FROM sign_in_challenge, generate_series(2, :count) WHERE id = CAST(:first AS uuid) RETURNING id",
        first=first,
        count=count,
    )
    return [first, *(str(row["id"]) for row in twins)]


async def answerWith(client: AsyncClient, challengeId: str, code: str, method: str = "totp") -> Response:
    body = {"challengeId": challengeId, "method": method, "code": code}
    return await client.post("/api/auth/login/second-factor", json=body)


def codeOf(answer: Response) -> str:
    """The stable code of a refusal."""
    return str(answer.json()["code"])
