from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from httpx import AsyncClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from KAuthApp.backend.compositionRoot import composeAuth
from KAuthApp.backend.infrastructure.cli.rotateSigningKeys import CommandSettings, rotateSigningKeys
from KAuthApp.backend.infrastructure.security.signingKeyRing import RELOAD_AFTER
from KAuthApp.backend.tests.harness import AuthServer, bearer, login

JWKS = "/api/auth/.well-known/jwks.json"


async def accessToken(server: AuthServer, client: AsyncClient) -> str:
    person = await server.register(client)
    return str((await login(client, person, "api")).json()["tokens"]["accessToken"])


def partsOf(token: str) -> tuple[dict[str, object], dict[str, object]]:
    header, body = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, body


def encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


async def testOthersVerifyATokenOfflineByTheJwks(server: AuthServer, client: AsyncClient) -> None:
    token = await accessToken(server, client)
    answer = await client.get(JWKS)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    decoded = jwt.decode(token, KeySet.import_key_set(answer.json()), algorithms=["ES256"])
    assert decoded.header["typ"] == "at+jwt"
    claims = decoded.claims
    assert set(claims) == {"iss", "sub", "aud", "sid", "iat", "exp", "jti"}
    assert (claims["iss"], claims["aud"]) == (server.settings.publicBaseUrl, "public")
    assert claims["exp"] - claims["iat"] == 600


async def testTheJwksHoldsNoPrivatePart(client: AsyncClient) -> None:
    keys = (await client.get(JWKS)).json()["keys"]
    assert keys
    assert all(set(key) == {"kty", "crv", "x", "y", "use", "alg", "kid"} for key in keys)


async def testThePrivatePartIsSealedInTheDatabase(server: AuthServer) -> None:
    rows = await server.rows("SELECT private_sealed FROM signing_key")
    assert rows
    assert all(str(row["private_sealed"]).startswith("k1.") for row in rows)


@pytest.mark.parametrize("forgery", ["none", "hmac", "foreignKey", "extraHeader", "type"])
async def testAForgedTokenIsRefused(server: AuthServer, client: AsyncClient, forgery: str) -> None:
    header, body = partsOf(await accessToken(server, client))
    foreign = ECKey.generate_key("P-256")
    published = (await client.get(JWKS)).json()["keys"][0]
    match forgery:
        case "none":
            encoded = [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
                for part in ({**header, "alg": "none"}, body)
            ]
            token = ".".join([*encoded, ""])
        case "hmac":
            key = OctKey.import_key(json.dumps(published))
            token = jwt.encode({**header, "alg": "HS256"}, body, key, algorithms=["HS256"])
        case "extraHeader":
            token = jwt.encode({**header, "jwk": foreign.as_dict(private=False)}, body, foreign)
        case "type":
            token = jwt.encode({**header, "typ": "JWT"}, body, foreign)
        case _:
            token = jwt.encode(header, body, foreign)
    assert (await client.get("/api/auth/me", headers=bearer(token))).status_code == 401


async def ourKey(server: AuthServer) -> ECKey:
    rows = await server.rows("SELECT kid, private_sealed FROM signing_key ORDER BY signs_from LIMIT 1")
    text = server.resources.crypto.decryptText(str(rows[0]["private_sealed"]), f"signingKey:{rows[0]['kid']}:private")
    return ECKey.import_key(json.loads(text))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "admin"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"sid": "0192f0c1-2345-7abc-8def-0123456789ab"},
        {"sub": "0192f0c1-2345-7abc-8def-0123456789ab"},
        {"sub": "nobody"},
        {"scope": "everything"},
    ],
)
async def testEvenOurOwnSignatureIsNotEnough(
    server: AuthServer, client: AsyncClient, change: dict[str, object]
) -> None:
    header, body = partsOf(await accessToken(server, client))
    key = await ourKey(server)
    unchanged = jwt.encode(header, {**body, "jti": "0192f0c1-2345-7abc-8def-0123456789ab"}, key, algorithms=["ES256"])
    assert (await client.get("/api/auth/me", headers=bearer(unchanged))).status_code == 200
    changed = jwt.encode(header, {**body, **change}, key, algorithms=["ES256"])
    assert (await client.get("/api/auth/me", headers=bearer(changed))).status_code == 401


async def testAKeyRotatesUnderTrafficAndNoTokenIsLost(server: AuthServer, client: AsyncClient) -> None:
    person = await server.register(client)

    async def fresh() -> str:
        return str((await login(client, person, "api")).json()["tokens"]["accessToken"])

    old = await fresh()
    oldKid = partsOf(old)[0]["kid"]
    newKid = await server.service.rotateSigningKeys.execute()
    server.clock.ahead = RELOAD_AFTER + timedelta(seconds=1)
    assert {key["kid"] for key in (await client.get(JWKS)).json()["keys"]} >= {oldKid, newKid}
    assert partsOf(await fresh())[0]["kid"] == oldKid, "a new key is published before it signs"
    server.clock.ahead = timedelta(minutes=9, seconds=55)
    last = await fresh()
    assert partsOf(last)[0]["kid"] == oldKid
    server.clock.ahead = timedelta(minutes=10, seconds=35)
    assert partsOf(await fresh())[0]["kid"] == newKid
    assert (await client.get("/api/auth/me", headers=bearer(last))).status_code == 200
    await server.resources.redis.flushAll()
    assert (await client.get("/api/auth/me", headers=bearer(last))).status_code == 200
    server.clock.ahead = timedelta(minutes=22)
    assert oldKid not in {key["kid"] for key in (await client.get(JWKS)).json()["keys"]}


async def testTheCommandMakesTheNextKey(server: AuthServer) -> None:
    settings = CommandSettings.model_validate(server.settings.model_dump())
    kid = await rotateSigningKeys(settings)
    rows = await server.rows("SELECT kid FROM signing_key WHERE signs_until IS NULL")
    assert [row["kid"] for row in rows] == [kid]


async def testOneKeyIsMadeHoweverManyServersStart(server: AuthServer) -> None:
    before = await server.rows("SELECT kid FROM signing_key")
    for _ in range(3):
        start = composeAuth(server.resources, server.settings).module.start
        assert start is not None
        await start()
    assert await server.rows("SELECT kid FROM signing_key") == before
