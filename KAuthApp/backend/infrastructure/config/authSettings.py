from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from KAuthApp.backend.domain.policies.tokenPolicy import TokenPolicy
from shared.backend.config.settings import PlatformSettings


class AuthSettings(PlatformSettings):
    """What sign-in reads from the environment, each with its default."""

    authPasswordMinLength: int = Field(default=15, ge=8, le=64)
    authSessionIdleSeconds: int = Field(default=30 * 86_400, ge=60)
    authSessionAbsoluteSeconds: int = Field(default=30 * 86_400, ge=60)
    authMfaSessionIdleSeconds: int = Field(default=3600, ge=60)
    authMfaSessionAbsoluteSeconds: int = Field(default=86_400, ge=60)
    authAccessTokenSeconds: int = Field(default=600, ge=60, le=3600)
    authRefreshRepeatSeconds: int = Field(default=30, ge=0, le=120)
    authCodeMinutes: int = Field(default=15, ge=1, le=1440)
    authCodesAnHour: int = Field(default=10, ge=1, le=100)
    authCopySeconds: int = Field(default=900, ge=5, le=86_400)
    authFreshSeconds: int = Field(default=300, ge=30, le=3600)
    authKeyPublishAheadSeconds: int = Field(default=600, ge=0, le=86_400)
    authEmailRevertDays: int = Field(default=7, ge=1, le=90)
    authKeepEndedSessionsDays: int = Field(default=90, ge=1, le=3650)

    @property
    def tokenPolicy(self) -> TokenPolicy:
        """Who issues access tokens, and for how long they and their keys are good."""
        return TokenPolicy(
            issuer=self.publicBaseUrl,
            accessTokenLifetime=timedelta(seconds=self.authAccessTokenSeconds),
            publishAhead=timedelta(seconds=self.authKeyPublishAheadSeconds),
        )
