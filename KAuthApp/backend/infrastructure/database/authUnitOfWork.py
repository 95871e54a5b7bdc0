from __future__ import annotations

from typing import Final

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.models.outboxMessage import OutboxMessage
from KAuthApp.backend.infrastructure.database.apiKeyRepository import ApiKeyRepository
from KAuthApp.backend.infrastructure.database.counterRepository import CounterRepository
from KAuthApp.backend.infrastructure.database.emailChangeRepository import EmailChangeRepository
from KAuthApp.backend.infrastructure.database.knownDeviceRepository import KnownDeviceRepository
from KAuthApp.backend.infrastructure.database.oneTimeCodeRepository import OneTimeCodeRepository
from KAuthApp.backend.infrastructure.database.personalDataStores import PersonalDataEraser
from KAuthApp.backend.infrastructure.database.pressureRepository import PressureRepository
from KAuthApp.backend.infrastructure.database.refreshTokenRepository import RefreshTokenRepository
from KAuthApp.backend.infrastructure.database.shadowRegistrationRepository import ShadowRegistrationRepository
from KAuthApp.backend.infrastructure.database.signInChallengeRepository import SignInChallengeRepository
from KAuthApp.backend.infrastructure.database.signingKeyRepository import SigningKeyRepository
from KAuthApp.backend.infrastructure.database.spentProofRepository import SpentProofRepository
from KAuthApp.backend.infrastructure.database.userAccountRepository import UserAccountRepository
from KAuthApp.backend.infrastructure.database.userEventRepository import UserEventRepository
from KAuthApp.backend.infrastructure.database.userKeyRepository import UserKeyRepository
from KAuthApp.backend.infrastructure.database.userPasskeyRepository import UserPasskeyRepository
from KAuthApp.backend.infrastructure.database.userRecoveryCodeRepository import UserRecoveryCodeRepository
from KAuthApp.backend.infrastructure.database.userSessionRepository import UserSessionRepository
from KAuthApp.backend.infrastructure.database.userTotpRepository import UserTotpRepository
from shared.backend.database.auditAddresses import AuditAddresses
from shared.backend.database.auditTrail import AuditTrail
from shared.backend.database.engine import Database
from shared.backend.database.outbox import Outbox
from shared.backend.database.personalTables import PersonalData
from shared.backend.database.unitOfWork import SqlUnitOfWork
from shared.backend.utils.clock import ClockInterface

NOTHING_DECLARED: Final = PersonalData(())


class AuthUnitOfWork(SqlUnitOfWork, AuthUnitOfWorkInterface):
    """One PostgreSQL transaction."""

    def __init__(
        self, database: Database, clock: ClockInterface, addresses: AuditAddresses | None, personalData: PersonalData
    ) -> None:
        super().__init__(database)
        self.users = UserAccountRepository(self.session)
        self.userKeys = UserKeyRepository(self.session)
        self.sessions = UserSessionRepository(self.session)
        self.refreshTokens = RefreshTokenRepository(self.session)
        self.codes = OneTimeCodeRepository(self.session)
        self.emailChanges = EmailChangeRepository(self.session)
        self.signingKeys = SigningKeyRepository(self.session)
        self.challenges = SignInChallengeRepository(self.session)
        self.totps = UserTotpRepository(self.session)
        self.recoveryCodes = UserRecoveryCodeRepository(self.session)
        self.passkeys = UserPasskeyRepository(self.session)
        self.devices = KnownDeviceRepository(self.session)
        self.counters = CounterRepository(self.session)
        self.pressure = PressureRepository(self.session)
        self.spentProofs = SpentProofRepository(self.session)
        self.shadows = ShadowRegistrationRepository(self.session)
        self.userEvents = UserEventRepository(self.session)
        self.apiKeys = ApiKeyRepository(self.session)
        self.personalData = PersonalDataEraser(self.session, personalData)
        self.audit = AuditTrail(self.session, "auth", addresses)
        self.outbox = Outbox(self.session, OutboxMessage, clock)


def unitOfWorkOn(
    database: Database,
    clock: ClockInterface,
    addresses: AuditAddresses | None = None,
    personalData: PersonalData = NOTHING_DECLARED,
) -> OpenAuthWork:
    """A factory of units of work on this pool. Without `personalData` nobody can be erased."""
    return lambda: AuthUnitOfWork(database, clock, addresses, personalData)
