from __future__ import annotations

from collections.abc import Callable

from KAuthApp.backend.domain.interfaces.apiKeyRepositoryInterface import ApiKeyRepositoryInterface
from KAuthApp.backend.domain.interfaces.counterRepositoryInterface import CounterRepositoryInterface
from KAuthApp.backend.domain.interfaces.emailChangeRepositoryInterface import EmailChangeRepositoryInterface
from KAuthApp.backend.domain.interfaces.knownDeviceRepositoryInterface import KnownDeviceRepositoryInterface
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import OneTimeCodeRepositoryInterface
from KAuthApp.backend.domain.interfaces.personalDataInterface import PersonalDataEraserInterface
from KAuthApp.backend.domain.interfaces.pressureRepositoryInterface import PressureRepositoryInterface
from KAuthApp.backend.domain.interfaces.refreshTokenRepositoryInterface import RefreshTokenRepositoryInterface
from KAuthApp.backend.domain.interfaces.shadowRegistrationRepositoryInterface import (
    ShadowRegistrationRepositoryInterface,
)
from KAuthApp.backend.domain.interfaces.signInChallengeRepositoryInterface import SignInChallengeRepositoryInterface
from KAuthApp.backend.domain.interfaces.signingKeyRepositoryInterface import SigningKeyRepositoryInterface
from KAuthApp.backend.domain.interfaces.spentProofRepositoryInterface import SpentProofRepositoryInterface
from KAuthApp.backend.domain.interfaces.userAccountRepositoryInterface import UserAccountRepositoryInterface
from KAuthApp.backend.domain.interfaces.userEventRepositoryInterface import UserEventRepositoryInterface
from KAuthApp.backend.domain.interfaces.userKeyRepositoryInterface import UserKeyRepositoryInterface
from KAuthApp.backend.domain.interfaces.userPasskeyRepositoryInterface import UserPasskeyRepositoryInterface
from KAuthApp.backend.domain.interfaces.userRecoveryCodeRepositoryInterface import UserRecoveryCodeRepositoryInterface
from KAuthApp.backend.domain.interfaces.userSessionRepositoryInterface import UserSessionRepositoryInterface
from KAuthApp.backend.domain.interfaces.userTotpRepositoryInterface import UserTotpRepositoryInterface
from shared.backend.database.auditTrail import AuditTrailInterface
from shared.backend.database.outbox import OutboxInterface
from shared.backend.database.unitOfWork import UnitOfWorkInterface


class AuthUnitOfWorkInterface(UnitOfWorkInterface):
    """One transaction over everything this service keeps."""

    users: UserAccountRepositoryInterface
    userKeys: UserKeyRepositoryInterface
    sessions: UserSessionRepositoryInterface
    refreshTokens: RefreshTokenRepositoryInterface
    codes: OneTimeCodeRepositoryInterface
    emailChanges: EmailChangeRepositoryInterface
    signingKeys: SigningKeyRepositoryInterface
    challenges: SignInChallengeRepositoryInterface
    totps: UserTotpRepositoryInterface
    recoveryCodes: UserRecoveryCodeRepositoryInterface
    passkeys: UserPasskeyRepositoryInterface
    devices: KnownDeviceRepositoryInterface
    counters: CounterRepositoryInterface
    pressure: PressureRepositoryInterface
    spentProofs: SpentProofRepositoryInterface
    shadows: ShadowRegistrationRepositoryInterface
    apiKeys: ApiKeyRepositoryInterface
    userEvents: UserEventRepositoryInterface
    personalData: PersonalDataEraserInterface
    audit: AuditTrailInterface
    outbox: OutboxInterface


OpenAuthWork = Callable[[], AuthUnitOfWorkInterface]
"""Opens a unit of work; no two requests share one."""
