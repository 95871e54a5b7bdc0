from __future__ import annotations

from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.models.outboxMessage import OutboxMessage
from KSysAdmin.backend.infrastructure.database.addressEntryRepository import AddressEntryRepository
from KSysAdmin.backend.infrastructure.database.administratorDeviceRepository import AdministratorDeviceRepository
from KSysAdmin.backend.infrastructure.database.administratorFactorRepository import AdministratorFactorRepository
from KSysAdmin.backend.infrastructure.database.administratorPasskeyRepository import AdministratorPasskeyRepository
from KSysAdmin.backend.infrastructure.database.administratorRepository import AdministratorRepository
from KSysAdmin.backend.infrastructure.database.administratorSessionRepository import AdministratorSessionRepository
from KSysAdmin.backend.infrastructure.database.apiKeyRepository import ApiKeyRepository
from KSysAdmin.backend.infrastructure.database.auditEventRepository import AuditEventRepository
from KSysAdmin.backend.infrastructure.database.oneTimeTokenRepository import (
    ChallengeRepository,
    InvitationRepository,
    SignInFailureRepository,
)
from KSysAdmin.backend.infrastructure.database.paymentReader import PaymentReader
from KSysAdmin.backend.infrastructure.database.penaltyBoxRepository import PenaltyBoxRepository
from KSysAdmin.backend.infrastructure.database.roleRepository import RoleRepository
from KSysAdmin.backend.infrastructure.database.settingRepository import (
    PolicyRepository,
    PublicationRepository,
    SettingRepository,
)
from KSysAdmin.backend.infrastructure.database.statsReader import StatsReader
from KSysAdmin.backend.infrastructure.database.userEventRepository import UserEventRepository
from KSysAdmin.backend.infrastructure.database.userKeyRepository import UserKeyRepository
from KSysAdmin.backend.infrastructure.database.userRepository import UserRepository
from shared.backend.database.auditTrail import AuditTrail
from shared.backend.database.engine import Database
from shared.backend.database.outbox import Outbox
from shared.backend.database.unitOfWork import SqlUnitOfWork
from shared.backend.utils.clock import ClockInterface


class AdminUnitOfWork(SqlUnitOfWork, AdminUnitOfWorkInterface):
    """One transaction in PostgreSQL under the role of the admin server."""

    def __init__(self, database: Database, clock: ClockInterface) -> None:
        super().__init__(database)
        self.administrators = AdministratorRepository(self.session)
        self.sessions = AdministratorSessionRepository(self.session)
        self.factors = AdministratorFactorRepository(self.session)
        self.devices = AdministratorDeviceRepository(self.session)
        self.passkeys = AdministratorPasskeyRepository(self.session)
        self.challenges = ChallengeRepository(self.session)
        self.invitations = InvitationRepository(self.session)
        self.signInFailures = SignInFailureRepository(self.session)
        self.roles = RoleRepository(self.session)
        self.users = UserRepository(self.session)
        self.userEvents = UserEventRepository(self.session)
        self.apiKeys = ApiKeyRepository(self.session)
        self.userKeys = UserKeyRepository(self.session)
        self.settings = SettingRepository(self.session)
        self.publications = PublicationRepository(self.session)
        self.policies = PolicyRepository(self.session)
        self.addressEntries = AddressEntryRepository(self.session)
        self.penaltyBox = PenaltyBoxRepository(self.session)
        self.auditEvents = AuditEventRepository(self.session)
        self.payments = PaymentReader(self.session)
        self.stats = StatsReader(self.session)
        self.audit = AuditTrail(self.session, "admin")
        self.outbox = Outbox(self.session, OutboxMessage, clock)


def adminWorkOn(database: Database, clock: ClockInterface) -> OpenAdminWork:
    return lambda: AdminUnitOfWork(database, clock)
