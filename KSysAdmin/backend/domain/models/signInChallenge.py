from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from KSysAdmin.backend.domain.models.userSession import SessionClient
from shared.backend.database.table import UtcDateTime, enumColumn


class SignInChallengeKind(StrEnum):
    """What an answered challenge is good for."""

    SECOND_FACTOR = "secondFactor"
    PASSKEY_SIGN_IN = "passkeySignIn"
    PASSKEY_REGISTRATION = "passkeyRegistration"
    STEP_UP = "stepUp"
    EMAIL_CODE = "emailCode"


class SignInChallenge(AdminTable, table=True):
    """Something a user began that waits for its second half: good once, for minutes, for a few tries.

    `userId` is null while nobody knows who will answer. `authMethods` is what has been shown so far.
    """

    __tablename__ = "sign_in_challenge"

    id: UUID = Field(primary_key=True)
    kind: SignInChallengeKind = Field(sa_type=enumColumn(SignInChallengeKind, "kind"))
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
