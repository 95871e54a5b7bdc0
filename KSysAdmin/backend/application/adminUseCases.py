from __future__ import annotations

from dataclasses import dataclass

from KSysAdmin.backend.application.services.acceptInvitationService import AcceptInvitationService
from KSysAdmin.backend.application.services.addPasskeyService import AddPasskeyService
from KSysAdmin.backend.application.services.changeAdministratorRolesService import ChangeAdministratorRolesService
from KSysAdmin.backend.application.services.changeOwnAccountService import ChangeOwnAccountService
from KSysAdmin.backend.application.services.changeOwnPasswordService import ChangeOwnPasswordService
from KSysAdmin.backend.application.services.changePenaltyBoxService import ChangePenaltyBoxService
from KSysAdmin.backend.application.services.changeSettingService import ChangeSettingService
from KSysAdmin.backend.application.services.changeUserRolesService import ChangeUserRolesService
from KSysAdmin.backend.application.services.completeSignInService import CompleteSignInService
from KSysAdmin.backend.application.services.confirmBrowserService import ConfirmBrowserService
from KSysAdmin.backend.application.services.confirmTotpService import ConfirmTotpService
from KSysAdmin.backend.application.services.createAddressEntryService import CreateAddressEntryService
from KSysAdmin.backend.application.services.createRateLimitPolicyService import CreateRateLimitPolicyService
from KSysAdmin.backend.application.services.createRoleService import CreateRoleService
from KSysAdmin.backend.application.services.endAddressEntriesService import EndAddressEntriesService
from KSysAdmin.backend.application.services.endOtherOwnSessionsService import EndOtherOwnSessionsService
from KSysAdmin.backend.application.services.endOwnSessionService import EndOwnSessionService
from KSysAdmin.backend.application.services.enrollPasskeyService import EnrollPasskeyService
from KSysAdmin.backend.application.services.enrollTotpService import EnrollTotpService
from KSysAdmin.backend.application.services.inviteAdministratorAgainService import InviteAdministratorAgainService
from KSysAdmin.backend.application.services.inviteAdministratorService import InviteAdministratorService
from KSysAdmin.backend.application.services.judgePasswordService import JudgePasswordService
from KSysAdmin.backend.application.services.listAddressEntriesService import ListAddressEntriesService
from KSysAdmin.backend.application.services.listAdministratorsService import ListAdministratorsService
from KSysAdmin.backend.application.services.listAuditEventsService import ListAuditEventsService
from KSysAdmin.backend.application.services.listOwnSessionsService import ListOwnSessionsService
from KSysAdmin.backend.application.services.listPasskeysService import ListPasskeysService
from KSysAdmin.backend.application.services.listPaymentsService import ListPaymentsService
from KSysAdmin.backend.application.services.listRateLimitPoliciesService import ListRateLimitPoliciesService
from KSysAdmin.backend.application.services.listRolesService import ListRolesService
from KSysAdmin.backend.application.services.listSettingsService import ListSettingsService
from KSysAdmin.backend.application.services.listUserApiKeysService import ListUserApiKeysService
from KSysAdmin.backend.application.services.listUserSessionsService import ListUserSessionsService
from KSysAdmin.backend.application.services.listUsersService import ListUsersService
from KSysAdmin.backend.application.services.offerPasskeySignInService import OfferPasskeySignInService
from KSysAdmin.backend.application.services.offerStepUpService import OfferStepUpService
from KSysAdmin.backend.application.services.proposeTotpService import ProposeTotpService
from KSysAdmin.backend.application.services.reactivateAdministratorService import ReactivateAdministratorService
from KSysAdmin.backend.application.services.reactivateUserService import ReactivateUserService
from KSysAdmin.backend.application.services.readUserEventsService import ReadUserEventsService
from KSysAdmin.backend.application.services.reauthenticateService import ReauthenticateService
from KSysAdmin.backend.application.services.removeAddressEntryService import RemoveAddressEntryService
from KSysAdmin.backend.application.services.removePasskeyService import RemovePasskeyService
from KSysAdmin.backend.application.services.removeRateLimitPolicyService import RemoveRateLimitPolicyService
from KSysAdmin.backend.application.services.removeRoleService import RemoveRoleService
from KSysAdmin.backend.application.services.removeStaleSignInsService import RemoveStaleSignInsService
from KSysAdmin.backend.application.services.removeTotpService import RemoveTotpService
from KSysAdmin.backend.application.services.renamePasskeyService import RenamePasskeyService
from KSysAdmin.backend.application.services.renewRecoveryCodesService import RenewRecoveryCodesService
from KSysAdmin.backend.application.services.replaceAddressEntryService import ReplaceAddressEntryService
from KSysAdmin.backend.application.services.replaceRateLimitPolicyService import ReplaceRateLimitPolicyService
from KSysAdmin.backend.application.services.replaceRoleService import ReplaceRoleService
from KSysAdmin.backend.application.services.replayRateLimitsService import ReplayRateLimitsService
from KSysAdmin.backend.application.services.republishService import RepublishService
from KSysAdmin.backend.application.services.resetAdministratorAccessService import ResetAdministratorAccessService
from KSysAdmin.backend.application.services.resetUserFactorsService import ResetUserFactorsService
from KSysAdmin.backend.application.services.resolveAdministratorService import ResolveAdministratorService
from KSysAdmin.backend.application.services.revokeUserApiKeyService import RevokeUserApiKeyService
from KSysAdmin.backend.application.services.revokeUserSessionsService import RevokeUserSessionsService
from KSysAdmin.backend.application.services.sendAdministratorMailService import SendAdministratorMailService
from KSysAdmin.backend.application.services.setUpTotpService import SetUpTotpService
from KSysAdmin.backend.application.services.showLimitCountersService import ShowLimitCountersService
from KSysAdmin.backend.application.services.showOverviewService import ShowOverviewService
from KSysAdmin.backend.application.services.showPasswordPolicyService import ShowPasswordPolicyService
from KSysAdmin.backend.application.services.showPaymentTimelineService import ShowPaymentTimelineService
from KSysAdmin.backend.application.services.showPenaltyBoxService import ShowPenaltyBoxService
from KSysAdmin.backend.application.services.showProfileService import ShowProfileService
from KSysAdmin.backend.application.services.showSettingHistoryService import ShowSettingHistoryService
from KSysAdmin.backend.application.services.showUserService import ShowUserService
from KSysAdmin.backend.application.services.signOutService import SignOutService
from KSysAdmin.backend.application.services.simulateRateLimitsService import SimulateRateLimitsService
from KSysAdmin.backend.application.services.startPasskeyEnrollmentService import StartPasskeyEnrollmentService
from KSysAdmin.backend.application.services.startPasskeyRegistrationService import StartPasskeyRegistrationService
from KSysAdmin.backend.application.services.startPasswordResetService import StartPasswordResetService
from KSysAdmin.backend.application.services.startSignInService import StartSignInService
from KSysAdmin.backend.application.services.suspendAdministratorService import SuspendAdministratorService
from KSysAdmin.backend.application.services.suspendUserService import SuspendUserService
from KSysAdmin.backend.application.services.verifyAuditService import VerifyAuditService


@dataclass(frozen=True)
class AdminUseCases:
    """Everything the admin server can do."""

    startSignIn: StartSignInService
    enrollTotp: EnrollTotpService
    confirmTotp: ConfirmTotpService
    completeSignIn: CompleteSignInService
    startPasskeyEnrollment: StartPasskeyEnrollmentService
    enrollPasskey: EnrollPasskeyService
    offerPasskeySignIn: OfferPasskeySignInService
    offerStepUp: OfferStepUpService
    startPasskeyRegistration: StartPasskeyRegistrationService
    addPasskey: AddPasskeyService
    listPasskeys: ListPasskeysService
    renamePasskey: RenamePasskeyService
    removePasskey: RemovePasskeyService
    acceptInvitation: AcceptInvitationService
    confirmBrowser: ConfirmBrowserService
    showPasswordPolicy: ShowPasswordPolicyService
    judgePassword: JudgePasswordService
    signOut: SignOutService
    resolveAdministrator: ResolveAdministratorService
    showProfile: ShowProfileService
    reauthenticate: ReauthenticateService
    renewRecoveryCodes: RenewRecoveryCodesService
    proposeTotp: ProposeTotpService
    setUpTotp: SetUpTotpService
    removeTotp: RemoveTotpService
    listOwnSessions: ListOwnSessionsService
    endOwnSession: EndOwnSessionService
    endOtherOwnSessions: EndOtherOwnSessionsService
    changeOwnAccount: ChangeOwnAccountService
    changeOwnPassword: ChangeOwnPasswordService
    listAdministrators: ListAdministratorsService
    inviteAdministrator: InviteAdministratorService
    inviteAdministratorAgain: InviteAdministratorAgainService
    changeAdministratorRoles: ChangeAdministratorRolesService
    suspendAdministrator: SuspendAdministratorService
    reactivateAdministrator: ReactivateAdministratorService
    resetAdministratorAccess: ResetAdministratorAccessService
    sendAdministratorMail: SendAdministratorMailService
    listUsers: ListUsersService
    showUser: ShowUserService
    listUserSessions: ListUserSessionsService
    readUserEvents: ReadUserEventsService
    listUserApiKeys: ListUserApiKeysService
    revokeUserApiKey: RevokeUserApiKeyService
    suspendUser: SuspendUserService
    reactivateUser: ReactivateUserService
    revokeUserSessions: RevokeUserSessionsService
    startPasswordReset: StartPasswordResetService
    resetUserFactors: ResetUserFactorsService
    changeUserRoles: ChangeUserRolesService
    listRoles: ListRolesService
    createRole: CreateRoleService
    replaceRole: ReplaceRoleService
    removeRole: RemoveRoleService
    listSettings: ListSettingsService
    changeSetting: ChangeSettingService
    showSettingHistory: ShowSettingHistoryService
    listRateLimitPolicies: ListRateLimitPoliciesService
    createRateLimitPolicy: CreateRateLimitPolicyService
    replaceRateLimitPolicy: ReplaceRateLimitPolicyService
    removeRateLimitPolicy: RemoveRateLimitPolicyService
    simulateRateLimits: SimulateRateLimitsService
    replayRateLimits: ReplayRateLimitsService
    showLimitCounters: ShowLimitCountersService
    listAddressEntries: ListAddressEntriesService
    createAddressEntry: CreateAddressEntryService
    replaceAddressEntry: ReplaceAddressEntryService
    removeAddressEntry: RemoveAddressEntryService
    endAddressEntries: EndAddressEntriesService
    showPenaltyBox: ShowPenaltyBoxService
    changePenaltyBox: ChangePenaltyBoxService
    listAuditEvents: ListAuditEventsService
    verifyAudit: VerifyAuditService
    listPayments: ListPaymentsService
    showPaymentTimeline: ShowPaymentTimelineService
    showOverview: ShowOverviewService
    republish: RepublishService
    removeStaleSignIns: RemoveStaleSignInsService
