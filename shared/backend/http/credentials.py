from __future__ import annotations

import base64
import hashlib
import hmac
from typing import ClassVar, Final, Literal

from fastapi import Request
from pydantic import SecretStr

from shared.backend.exceptions.errors import ForbiddenError
from shared.backend.utils.valueObject import ValueObject

CSRF_HEADER: Final = "X-CSRF-Token"
MAX_CREDENTIAL_LENGTH: Final = 4096
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfRequiredError(ForbiddenError):
    code: ClassVar[str] = "auth.csrfRequired"
    title: ClassVar[str] = "The X-CSRF-Token header is missing or wrong"


class Credential(ValueObject):
    """What a caller showed. `hash` is the SHA-256 (hex) under which PostgreSQL and Redis know it."""

    kind: Literal["cookie", "bearer"]
    secret: SecretStr
    hash: str


def hashCredential(secret: str) -> str:
    """SHA-256 in lower-case hex: enough for 256-bit random secrets, which cannot be guessed from a hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cookieNameFor(name: str, publicBaseUrl: str) -> str:
    """`__Host-` cookies need https; plain http (development) gets the bare name."""
    return f"__Host-{name}" if publicBaseUrl.startswith("https://") else name


def credentialFrom(request: Request, cookieName: str) -> Credential | None:
    """The bearer credential, else the session cookie, else None. Absurdly long ones count as none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and 0 < len(token.strip()) <= MAX_CREDENTIAL_LENGTH:
        return _credential("bearer", token.strip())
    cookie = request.cookies.get(cookieName, "")
    if 0 < len(cookie) <= MAX_CREDENTIAL_LENGTH:
        return _credential("cookie", cookie)
    return None


def csrfTokenFor(sessionSecret: str) -> str:
    """The token that belongs to this session: HMAC-SHA-256 keyed by the session's secret, so nothing is stored."""
    digest = hmac.new(sessionSecret.encode(), b"csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def ensureCsrf(request: Request, credential: Credential) -> None:
    """A cookie alone never changes state: the header must carry the session's token. CsrfRequiredError if not."""
    if credential.kind != "cookie" or request.method in _SAFE_METHODS:
        return
    expected = csrfTokenFor(credential.secret.get_secret_value())
    offered = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(expected.encode(), offered.encode()):
        raise CsrfRequiredError


def _credential(kind: Literal["cookie", "bearer"], secret: str) -> Credential:
    return Credential(kind=kind, secret=SecretStr(secret), hash=hashCredential(secret))
