from __future__ import annotations

from httpx import AsyncClient

CONTRACT = {
    ("post", "/api/auth/register"),
    ("post", "/api/auth/verify-email"),
    ("post", "/api/auth/verify-email/resend"),
    ("post", "/api/auth/login"),
    ("post", "/api/auth/login/second-factor"),
    ("post", "/api/auth/reauthenticate"),
    ("post", "/api/auth/reauthenticate/options"),
    ("post", "/api/auth/passkeys/registration/options"),
    ("post", "/api/auth/passkeys/registration/verify"),
    ("post", "/api/auth/passkeys/authentication/options"),
    ("post", "/api/auth/passkeys/authentication/verify"),
    ("get", "/api/auth/passkeys"),
    ("get", "/api/auth/passkeys/{passkeyId}"),
    ("patch", "/api/auth/passkeys/{passkeyId}"),
    ("delete", "/api/auth/passkeys/{passkeyId}"),
    ("post", "/api/auth/mfa/totp/enroll"),
    ("post", "/api/auth/mfa/totp/confirm"),
    ("delete", "/api/auth/mfa/totp"),
    ("post", "/api/auth/mfa/recovery-codes"),
    ("post", "/api/auth/token/refresh"),
    ("post", "/api/auth/logout"),
    ("get", "/api/auth/me"),
    ("patch", "/api/auth/me"),
    ("get", "/api/auth/sessions"),
    ("delete", "/api/auth/sessions"),
    ("delete", "/api/auth/sessions/{sessionId}"),
    ("post", "/api/auth/password/strength"),
    ("post", "/api/auth/password/forgot"),
    ("post", "/api/auth/password/reset"),
    ("post", "/api/auth/password/change"),
    ("get", "/api/auth/csrf"),
    ("get", "/api/auth/session"),
    ("post", "/api/auth/api-keys"),
    ("get", "/api/auth/api-keys"),
    ("delete", "/api/auth/api-keys/{keyId}"),
    ("get", "/api/auth/proof-of-work"),
    ("get", "/api/auth/password-policy"),
    ("post", "/api/auth/email/change"),
    ("post", "/api/auth/email/change/confirm"),
    ("delete", "/api/auth/email/change"),
    ("post", "/api/auth/email/change/revert"),
    ("post", "/api/auth/account/export"),
    ("delete", "/api/auth/account"),
    ("get", "/api/auth/.well-known/jwks.json"),
}


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
