from __future__ import annotations

from collections.abc import Callable

from KSysAdmin.backend.domain.interfaces.addressEntryRepositoryInterface import AddressEntryRepositoryInterface
from KSysAdmin.backend.domain.interfaces.administratorDeviceRepositoryInterface import (
    AdministratorDeviceRepositoryInterface,
)
from KSysAdmin.backend.domain.interfaces.administratorFactorRepositoryInterface import (
    AdministratorFactorRepositoryInterface,
)
from KSysAdmin.backend.domain.interfaces.administratorPasskeyRepositoryInterface import (
    AdministratorPasskeyRepositoryInterface,
)
from KSysAdmin.backend.domain.interfaces.administratorRepositoryInterface import AdministratorRepositoryInterface
from KSysAdmin.backend.domain.interfaces.administratorSessionRepositoryInterface import (
    AdministratorSessionRepositoryInterface,
)
from KSysAdmin.backend.domain.interfaces.apiKeyRepositoryInterface import ApiKeyRepositoryInterface
from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import AuditEventRepositoryInterface
from KSysAdmin.backend.domain.interfaces.oneTimeTokenRepositoryInterface import (
    ChallengeRepositoryInterface,
    InvitationRepositoryInterface,
    SignInFailureRepositoryInterface,
)
from KSysAdmin.backend.domain.interfaces.paymentReaderInterface import PaymentReaderInterface
from KSysAdmin.backend.domain.interfaces.penaltyBoxRepositoryInterface import PenaltyBoxRepositoryInterface
from KSysAdmin.backend.domain.interfaces.roleRepositoryInterface import RoleRepositoryInterface
from KSysAdmin.backend.domain.interfaces.settingRepositoryInterface import (
    PolicyRepositoryInterface,
    PublicationRepositoryInterface,
    SettingRepositoryInterface,
)
from KSysAdmin.backend.domain.interfaces.statsReaderInterface import StatsReaderInterface
from KSysAdmin.backend.domain.interfaces.userEventRepositoryInterface import UserEventRepositoryInterface
from KSysAdmin.backend.domain.interfaces.userKeyRepositoryInterface import UserKeyRepositoryInterface
from KSysAdmin.backend.domain.interfaces.userRepositoryInterface import UserRepositoryInterface
from shared.backend.database.auditTrail import AuditTrailInterface
from shared.backend.database.outbox import OutboxInterface
from shared.backend.database.unitOfWork import UnitOfWorkInterface


class AdminUnitOfWorkInterface(UnitOfWorkInterface):
    """One transaction over everything administration touches."""

    administrators: AdministratorRepositoryInterface
    sessions: AdministratorSessionRepositoryInterface
    factors: AdministratorFactorRepositoryInterface
    devices: AdministratorDeviceRepositoryInterface
    passkeys: AdministratorPasskeyRepositoryInterface
    challenges: ChallengeRepositoryInterface
    invitations: InvitationRepositoryInterface
    signInFailures: SignInFailureRepositoryInterface
    roles: RoleRepositoryInterface
    users: UserRepositoryInterface
    apiKeys: ApiKeyRepositoryInterface
    userEvents: UserEventRepositoryInterface
    userKeys: UserKeyRepositoryInterface
    settings: SettingRepositoryInterface
    publications: PublicationRepositoryInterface
    policies: PolicyRepositoryInterface
    addressEntries: AddressEntryRepositoryInterface
    penaltyBox: PenaltyBoxRepositoryInterface
    auditEvents: AuditEventRepositoryInterface
    payments: PaymentReaderInterface
    stats: StatsReaderInterface
    audit: AuditTrailInterface
    outbox: OutboxInterface


OpenAdminWork = Callable[[], AdminUnitOfWorkInterface]
"""Opens a unit of work; no two requests share one."""
