from __future__ import annotations

from httpx import AsyncClient

CONTRACT = {
    ("post", "/api/auth/register"),
    ("post", "/api/auth/verify-email"),
    ("post", "/api/auth/verify-email/resend"),
    ("post", "/api/auth/login"),
    ("post", "/api/auth/token/refresh"),
    ("post", "/api/auth/logout"),
    ("get", "/api/auth/me"),
    ("patch", "/api/auth/me"),
    ("get", "/api/auth/sessions"),
    ("delete", "/api/auth/sessions"),
    ("delete", "/api/auth/sessions/{sessionId}"),
    ("post", "/api/auth/password/forgot"),
    ("post", "/api/auth/password/reset"),
    ("post", "/api/auth/password/change"),
    ("get", "/api/auth/csrf"),
    ("get", "/api/auth/.well-known/jwks.json"),
}
OPEN = {"register", "verifyEmail", "resendVerification", "login", "refreshTokens", "getSigningKeys"}
OPEN_TOO = {"requestPasswordReset", "resetPassword"}


async def testEveryCallOfTheContractIsThereAndDescribed(client: AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    calls = {(method, path) for path, methods in paths.items() for method in methods if path.startswith("/api/auth")}
    assert calls == CONTRACT
    for method, path in CONTRACT:
        operation = paths[path][method]
        assert operation["summary"], path
        assert operation["description"], path
        assert {"429", "503"} <= set(operation["responses"]), path
        if method != "get" and "requestBody" in operation:
            assert "422" in operation["responses"], path


async def testEveryCallThatNeedsASessionSaysSoAndDoes(client: AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    for method, path in CONTRACT:
        operation = paths[path][method]
        isOpen = operation["operationId"] in OPEN | OPEN_TOO
        answer = await client.request(
            method, path.replace("{sessionId}", "0192f0c1-2345-7abc-8def-0123456789ab"), json={}
        )
        assert (answer.status_code == 401) == (not isOpen), path
        if not isOpen:
            examples = operation["responses"]["401"]["content"]["application/problem+json"]["examples"]
            assert "auth.unauthenticated" in examples
