"""Accounts and credentials put straight into the database of a running stack: to sign in thousands would take hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.policies.apiKeyPolicy import API_KEY_PREFIX, SHOWN_CHARACTERS
from KAuthApp.backend.domain.policies.apiScope import ApiScope
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from scripts.benchmarks.wire import Headers
from scripts.stack.envFile import parseEnv
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import csrfTokenFor, hashCredential
from shared.backend.utils.clock import SystemClock
from shared.backend.utils.uuid import generateId
from tests.support.runningStack import RunningStack

PASSWORD: Final = "a long sentence nobody would guess 4711"
CODE: Final = "471147"
NO_MAKER: Final = UUID(int=0)
PASSWORD_ONLY: Final = ("password",)
DEVICE_COOKIE: Final = "kDevice"
LIFETIME: Final = timedelta(days=7)
CODE_LIFETIME: Final = timedelta(minutes=9)
Row = Mapping[str, object]


@dataclass(frozen=True)
class Account:
    """Somebody with a proven address and `PASSWORD`."""

    id: UUID
    email: str


@dataclass(frozen=True)
class Planted:
    """A credential that is good: the row it stands for, the secret, and the headers that show it."""

    id: UUID
    secret: str
    headers: Headers


class Planter:
    """Writes as the owner of the database; nobody is told, as if all of it had been there for a while."""

    def __init__(self, stack: RunningStack) -> None:
        self._url = toDriverUrl(stack.endpoints.database)
        values = parseEnv((stack.var / ".env").read_text())
        self.crypto = CryptoFactory.fromKeys(values["CRYPTO_MASTER_KEY"], int(values["CRYPTO_KEY_ID"]))
        self._secrets = CryptoSecretMaker(self.crypto)
        self._passwordHash = ""

    async def accounts(self, count: int) -> list[Account]:
        self._passwordHash = self._passwordHash or await self.crypto.hashPassword(PASSWORD)
        made = [Account(userId := generateId(), f"planted-{userId.hex}@example.com") for _ in range(count)]
        await self.insert("user_account", [self._accountRow(account) for account in made])
        return made

    async def browsers(self, owners: Sequence[Account], methods: Sequence[str] = PASSWORD_ONLY) -> list[Planted]:
        """One browser session for each, as if signed in this moment."""
        made = [self._browser() for _ in owners]
        pairs = zip(owners, made, strict=True)
        rows = [self._sessionRow(owner, one.id, "browser", hashCredential(one.secret), methods) for owner, one in pairs]
        await self.insert("user_session", rows)
        return made

    async def programs(self, owners: Sequence[Account]) -> list[Planted]:
        """One family of tokens for each; the secret is its first refresh token."""
        made = [Planted(generateId(), self._secrets.newSecret(), {}) for _ in owners]
        pairs = list(zip(owners, made, strict=True))
        await self.insert("user_session", [self._sessionRow(owner, one.id, "api", None) for owner, one in pairs])
        await self.insert("refresh_token", [self._refreshRow(one) for one in made])
        return made

    async def apiKeys(self, owners: Sequence[Account]) -> list[Planted]:
        """One key for each, good for everything a key may do."""
        texts = [API_KEY_PREFIX + self._secrets.newSecret() for _ in owners]
        made = [Planted(generateId(), text, bearerHeaders(text)) for text in texts]
        pairs = zip(owners, made, strict=True)
        await self.insert("api_key", [self._apiKeyRow(owner, one) for owner, one in pairs])
        return made

    async def passkeys(self, owners: Sequence[Account]) -> list[UUID]:
        """One passkey for each, which nobody can use."""
        made = [generateId() for _ in owners]
        pairs = zip(owners, made, strict=True)
        await self.insert("user_passkey", [self._passkeyRow(owner, passkeyId) for owner, passkeyId in pairs])
        return made

    async def devices(self, owners: Sequence[Account]) -> list[Planted]:
        """A browser for each that signed in before and is signed out now."""
        texts = [self._secrets.newSecret() for _ in owners]
        made = [Planted(generateId(), text, {"Cookie": f"{DEVICE_COOKIE}={text}"}) for text in texts]
        pairs = zip(owners, made, strict=True)
        await self.insert("known_device", [self._deviceRow(owner, one) for owner, one in pairs])
        return made

    async def codes(self, owners: Sequence[Account], purpose: CodePurpose, boundTo: UUID | None = None) -> None:
        """The open code `CODE` for each, as if mailed this moment; good for the account, or for what it is bound to."""
        now = _now()
        rows = [
            {
                "id": generateId(),
                "user_id": owner.id,
                "purpose": purpose.value,
                "code_hash": self._secrets.hashCode(boundTo or owner.id, purpose, CODE),
                "failed_tries": 0,
                "created_at": now,
                "expires_at": now + CODE_LIFETIME,
            }
            for owner in owners
        ]
        await self.insert("one_time_code", rows)

    async def failures(self, owners: Sequence[Account], count: int) -> None:
        """So many tries at each account have failed lately, from places unknown."""
        now = _now() - timedelta(minutes=1)
        rows = [
            {
                "kind": "account",
                "subject_hash": self._secrets.counterKey("account", owner.email),
                "failures": count,
                "first_failed_at": now,
                "last_failed_at": now,
            }
            for owner in owners
        ]
        await self.insert("failure_counter", rows)

    async def insert(self, table: str, rows: Sequence[Row]) -> None:
        columns = list(rows[0])
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names of this file
        connection = await asyncpg.connect(self._url)
        try:
            await connection.executemany(statement, [tuple(row.values()) for row in rows])
        finally:
            await connection.close()

    async def execute(self, statement: str, *values: object) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    async def count(self, statement: str, *values: object) -> int:
        connection = await asyncpg.connect(self._url)
        try:
            return int(await connection.fetchval(statement, *values))
        finally:
            await connection.close()

    def _accountRow(self, account: Account) -> Row:
        now = _now()
        return {
            "id": account.id,
            "email": account.email,
            "email_as_given": account.email,
            "locale": "en",
            "password_hash": self._passwordHash,
            "password_changed_at": now,
            "status": "active",
            "email_verified_at": now,
            "created_at": now,
            "updated_at": now,
        }

    def _browser(self) -> Planted:
        secret = self._secrets.newSecret()
        return Planted(generateId(), secret, cookieHeaders(secret))

    def _sessionRow(
        self,
        owner: Account,
        sessionId: UUID,
        client: str,
        secretHash: str | None,
        methods: Sequence[str] = PASSWORD_ONLY,
    ) -> Row:
        now = _now()
        return {
            "id": sessionId,
            "user_id": owner.id,
            "client": client,
            "secret_hash": secretHash,
            "auth_methods": list(methods),
            "created_at": now,
            "authenticated_at": now,
            "last_seen_at": now,
            "idle_expires_at": now + LIFETIME,
            "expires_at": now + LIFETIME,
            "device_label": "A test",
        }

    def _deviceRow(self, owner: Account, device: Planted) -> Row:
        now = _now()
        return {
            "id": device.id,
            "user_id": owner.id,
            "token_hash": self._secrets.hashSecret(device.secret),
            "label": "A test",
            "created_at": now,
            "last_used_at": now,
            "expires_at": now + LIFETIME,
        }

    def _apiKeyRow(self, owner: Account, key: Planted) -> Row:
        return {
            "id": key.id,
            "user_id": owner.id,
            "name": "A test",
            "prefix": key.secret[:SHOWN_CHARACTERS],
            "secret_hash": hashCredential(key.secret),
            "scopes": [scope.value for scope in ApiScope],
            "created_at": _now(),
        }

    def _passkeyRow(self, owner: Account, passkeyId: UUID) -> Row:
        return {
            "id": passkeyId,
            "user_id": owner.id,
            "credential_id": passkeyId.bytes,
            "public_key": b"of nobody",
            "sign_count": 0,
            "aaguid": NO_MAKER,
            "transports": ["internal"],
            "is_backup_eligible": False,
            "is_backed_up": False,
            "name": "A test",
            "created_at": _now(),
        }

    def _refreshRow(self, program: Planted) -> Row:
        return {
            "id": generateId(),
            "session_id": program.id,
            "token_hash": hashCredential(program.secret),
            "created_at": _now(),
        }


def cookieHeaders(secret: str) -> Headers:
    """What a browser with this session sends when it changes something."""
    return {"Cookie": f"kSession={secret}", "X-CSRF-Token": csrfTokenFor(secret)}


def bearerHeaders(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def _now() -> datetime:
    return SystemClock().now().astimezone(UTC)
