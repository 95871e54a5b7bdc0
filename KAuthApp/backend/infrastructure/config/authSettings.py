from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from KAuthApp.backend.domain.policies.defencePolicies import DefencePolicies
from KAuthApp.backend.domain.policies.guardPolicy import GuardPolicy
from KAuthApp.backend.domain.policies.knownDevicePolicy import KnownDevicePolicy
from KAuthApp.backend.domain.policies.orderPolicy import OrderPolicy
from KAuthApp.backend.domain.policies.pressurePolicy import PressurePolicy
from KAuthApp.backend.domain.policies.proofPolicy import ProofPolicy
from KAuthApp.backend.domain.policies.registrationPolicy import RegistrationPolicy
from KAuthApp.backend.domain.policies.tokenPolicy import TokenPolicy
from shared.backend.config.settings import PlatformSettings
from shared.backend.redis.credentialCopies import LONGEST_COPY


class AuthSettings(PlatformSettings):
    """What sign-in reads from the environment, each with its default."""

    authPasswordMinLength: int = Field(default=15, ge=8, le=64)
    authSessionIdleSeconds: int = Field(default=30 * 86_400, ge=60)
    authSessionAbsoluteSeconds: int = Field(default=30 * 86_400, ge=60)
    authMfaSessionIdleSeconds: int = Field(default=3600, ge=60)
    authMfaSessionAbsoluteSeconds: int = Field(default=86_400, ge=60)
    authAccessTokenSeconds: int = Field(default=600, ge=60, le=3600)
    authRefreshRepeatSeconds: int = Field(default=30, ge=0, le=120)
    authCodeMinutes: int = Field(default=10, ge=1, le=1440)
    authCodesAnHour: int = Field(default=10, ge=1, le=100)
    authCopySeconds: int = Field(default=900, ge=5, le=int(LONGEST_COPY.total_seconds()))
    authFreshSeconds: int = Field(default=300, ge=30, le=3600)
    authKeyPublishAheadSeconds: int = Field(default=600, ge=330, le=86_400)  # longer than anybody keeps the key set
    authEmailRevertDays: int = Field(default=7, ge=1, le=90)
    authKeepEndedSessionsDays: int = Field(default=90, ge=1, le=3650)
    authCodesDaily: int = Field(default=20, ge=1, le=1000)
    authRegistrationDays: int = Field(default=7, ge=1, le=90)
    authKnownDeviceDays: int = Field(default=400, ge=1, le=400)
    authOrdersBeforeProof: int = Field(default=5000, ge=1)
    authOrdersToOneBeforeProof: int = Field(default=1000, ge=1)
    authFailuresBeforeProof: int = Field(default=5, ge=1)
    authAccountFailuresBeforeProof: int = Field(default=10, ge=1)
    authAddressFailuresBeforeProof: int = Field(default=50, ge=1)
    authAddressFailuresBeforeMailCode: int = Field(default=100, ge=1)
    authFailuresBeforeWaiting: int = Field(default=10, ge=1)
    authLongestWaitSeconds: int = Field(default=900, ge=1, le=900)
    authDeviceFailures: int = Field(default=10, ge=2, le=100)
    authMostFailures: int = Field(default=100, ge=1, le=100)
    authAttackFailuresLately: int = Field(default=30, ge=1)
    authAttackFailuresToday: int = Field(default=100, ge=1)
    authAttackShare: float = Field(default=0.5, gt=0, le=1)
    authAttackFailuresOfOneAddress: int = Field(default=10, ge=1)
    authProofIterations: int = Field(default=1000, ge=1, le=1_000_000)
    authProofRounds: int = Field(default=600, ge=2, le=1_000_000)

    @property
    def defencePolicies(self) -> DefencePolicies:
        """What stands between accounts and those who guess, stuff and flood."""
        return DefencePolicies(
            guard=GuardPolicy(
                pairProofAfter=self.authFailuresBeforeProof,
                accountProofAfter=self.authAccountFailuresBeforeProof,
                addressProofAfter=self.authAddressFailuresBeforeProof,
                addressMailCodeAfter=self.authAddressFailuresBeforeMailCode,
                pairWaitAfter=self.authFailuresBeforeWaiting,
                deviceWaitAfter=self.authDeviceFailures // 2,
                deviceLostAfter=self.authDeviceFailures,
                mostInARow=self.authMostFailures,
                longestWait=timedelta(seconds=self.authLongestWaitSeconds),
                pressure=PressurePolicy(
                    failuresLately=self.authAttackFailuresLately,
                    failuresToday=self.authAttackFailuresToday,
                    share=self.authAttackShare,
                    mostOfOneAddress=self.authAttackFailuresOfOneAddress,
                ),
            ),
            orders=OrderPolicy(freeFromOne=self.authOrdersBeforeProof, freeToOne=self.authOrdersToOneBeforeProof),
            proof=ProofPolicy(iterations=self.authProofIterations, rounds=self.authProofRounds),
            devices=KnownDevicePolicy(lifetime=timedelta(days=self.authKnownDeviceDays)),
            registration=RegistrationPolicy(lifetime=timedelta(days=self.authRegistrationDays)),
        )

    @property
    def tokenPolicy(self) -> TokenPolicy:
        """Who issues access tokens, and for how long they and their keys are good."""
        return TokenPolicy(
            issuer=self.publicBaseUrl,
            accessTokenLifetime=timedelta(seconds=self.authAccessTokenSeconds),
            publishAhead=timedelta(seconds=self.authKeyPublishAheadSeconds),
        )
