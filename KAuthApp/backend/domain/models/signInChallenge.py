from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.models.userSession import SessionClient
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from shared.backend.database.table import UtcDateTime, enumColumn
from shared.backend.utils.uuid import generateId


class ChallengeKind(StrEnum):
    """What an answered challenge is good for."""

    SECOND_FACTOR = "secondFactor"
    PASSKEY_SIGN_IN = "passkeySignIn"
    PASSKEY_REGISTRATION = "passkeyRegistration"
    STEP_UP = "stepUp"
    EMAIL_CODE = "emailCode"


class SignInChallenge(AuthTable, table=True):
    """Something begun that waits for its second half: good once, for minutes, for a few tries.

    `userId` is null while nobody knows who will answer. `authMethods` is what has been shown so far.
    """

    __tablename__ = "sign_in_challenge"

    id: UUID = Field(primary_key=True)
    kind: ChallengeKind = Field(sa_type=enumColumn(ChallengeKind, "kind"))
    userId: UUID | None = Field(
        default=None,
        foreign_key="user_account.id",
        ondelete="CASCADE",
        index=True,
        sa_column_kwargs={"name": "user_id"},
    )
    sessionId: UUID | None = Field(
        default=None,
        foreign_key="user_session.id",
        ondelete="CASCADE",
        index=True,
        sa_column_kwargs={"name": "session_id"},
    )
    webAuthnChallenge: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        unique=True,
        repr=False,
        sa_column_kwargs={"name": "web_authn_challenge"},
    )
    client: SessionClient | None = Field(default=None, sa_type=enumColumn(SessionClient, "client"))
    authMethods: list[str] = Field(sa_type=ARRAY(String(40)), sa_column_kwargs={"name": "auth_methods"})
    failedTries: int = Field(default=0, sa_column_kwargs={"name": "failed_tries"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "expires_at"})
    usedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "used_at"})

    @classmethod
    def open(
        cls,
        kind: ChallengeKind,
        policy: ChallengePolicy,
        at: datetime,
        *,
        userId: UUID | None = None,
        sessionId: UUID | None = None,
        webAuthnChallenge: bytes | None = None,
        client: SessionClient | None = None,
        authMethods: Sequence[str] = (),
    ) -> Self:
        return cls(
            id=generateId(),
            kind=ChallengeKind(kind),
            userId=userId,
            sessionId=sessionId,
            webAuthnChallenge=webAuthnChallenge,
            client=None if client is None else SessionClient(client),
            authMethods=list(authMethods),
            createdAt=at,
            expiresAt=policy.expiry(at),
        )

    def isOpen(self, at: datetime) -> bool:
        return self.usedAt is None and at < self.expiresAt

    def countFailure(self, policy: ChallengePolicy, at: datetime) -> None:
        """A wrong answer; the last one allowed uses the challenge up. The repository decides the same in one UPDATE."""
        self.failedTries += 1
        if policy.isExhausted(self.failedTries):
            self.usedAt = self.usedAt or at
