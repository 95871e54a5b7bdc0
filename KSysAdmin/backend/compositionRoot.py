from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import Field, JsonValue

from KSysAdmin.backend.application.adminUseCases import AdminUseCases
from KSysAdmin.backend.application.dto.outboxMessages import (
    ADMIN_MAIL_TOPIC,
    END_ADMIN_COPIES_TOPIC,
    EndedAdministratorSessionsDTO,
)
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
from KSysAdmin.backend.application.signIn.administratorGuard import AdministratorGuard
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.factorChange import FactorChange
from KSysAdmin.backend.application.signIn.factorChecker import FactorChecker
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.application.signIn.sessionOpener import SessionOpener
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.gatewayInterface import GatewayInterface
from KSysAdmin.backend.domain.interfaces.gatewayLogInterface import GatewayLogInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.outboxMessage import OutboxMessage
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from KSysAdmin.backend.domain.policies.throttlePolicy import ThrottlePolicy
from KSysAdmin.backend.infrastructure.crypto.passwordHasher import PasswordHasher
from KSysAdmin.backend.infrastructure.crypto.personalOpener import PersonalOpener
from KSysAdmin.backend.infrastructure.crypto.secretKeeper import SecretKeeper
from KSysAdmin.backend.infrastructure.crypto.zxcvbnPasswordGuesser import ZxcvbnPasswordGuesser
from KSysAdmin.backend.infrastructure.database.unitOfWork import adminWorkOn
from KSysAdmin.backend.infrastructure.gateway.gatewayAccessSettings import GatewayAccessSettings
from KSysAdmin.backend.infrastructure.gateway.gatewayLogFiles import GatewayLogFiles
from KSysAdmin.backend.infrastructure.gateway.privateGateway import openPrivateGateway
from KSysAdmin.backend.infrastructure.http.addressEntryRouter import addressEntryRouter
from KSysAdmin.backend.infrastructure.http.administratorRouter import administratorRouter
from KSysAdmin.backend.infrastructure.http.apiKeyRouter import apiKeyRouter
from KSysAdmin.backend.infrastructure.http.auditRouter import auditRouter
from KSysAdmin.backend.infrastructure.http.authorization import AdminCookie, AdminGate
from KSysAdmin.backend.infrastructure.http.authRouter import authRouter
from KSysAdmin.backend.infrastructure.http.ownAccountRouter import ownAccountRouter
from KSysAdmin.backend.infrastructure.http.passkeyRouter import passkeyRouter
from KSysAdmin.backend.infrastructure.http.paymentRouter import paymentRouter
from KSysAdmin.backend.infrastructure.http.penaltyBoxRouter import penaltyBoxRouter
from KSysAdmin.backend.infrastructure.http.rateLimitRouter import rateLimitRouter
from KSysAdmin.backend.infrastructure.http.roleRouter import roleRouter
from KSysAdmin.backend.infrastructure.http.settingRouter import settingRouter
from KSysAdmin.backend.infrastructure.http.statsRouter import statsRouter
from KSysAdmin.backend.infrastructure.http.userEventRouter import userEventRouter
from KSysAdmin.backend.infrastructure.http.userRouter import userRouter
from KSysAdmin.backend.infrastructure.mail.templatedAdministratorMailWriter import TemplatedAdministratorMailWriter
from KSysAdmin.backend.infrastructure.redis.publisher import Publisher
from KSysAdmin.backend.infrastructure.redis.sessionCopies import SessionCopies
from shared.backend.jobs.job import Job
from shared.backend.jobs.outboxRelay import OutboxRelay
from shared.backend.server import ServerResources, ServiceModule
from shared.backend.webAuthn.ceremoniesInterface import WebAuthnCeremoniesInterface
from shared.backend.webAuthn.pyWebAuthnCeremonies import PyWebAuthnCeremonies
from shared.backend.webAuthn.relyingParty import RelyingParty

RELYING_PARTY_NAME = "K administration"
REPUBLISH_SECONDS = 1.0
CLEANING_SECONDS = 600.0


class AdminSettings(GatewayAccessSettings):
    adminSessionIdleMinutes: int = Field(default=15, ge=1, le=60)
    adminSessionAbsoluteHours: int = Field(default=12, ge=1, le=24)


@dataclass(frozen=True)
class Gateways:
    """The ways to the gateways besides Redis."""

    ports: GatewayInterface
    log: GatewayLogInterface

    @classmethod
    def on(cls, settings: GatewayAccessSettings) -> Gateways:
        return cls(openPrivateGateway(settings.privateUrls), GatewayLogFiles(settings.logFiles))


def composeUseCases(
    resources: ServerResources,
    openWork: OpenAdminWork,
    copies: SessionCopiesInterface,
    session: AdminSessionPolicy,
    ceremonies: WebAuthnCeremoniesInterface,
    gateways: Gateways,
) -> AdminUseCases:
    clock, throttle = resources.clock, ThrottlePolicy()
    hasher, keeper = PasswordHasher(resources.crypto), SecretKeeper(resources.crypto)
    guesser = ZxcvbnPasswordGuesser()
    publisher, personal = Publisher(resources.redis), PersonalOpener(resources.crypto)
    notices, guard = AdministratorNotices(), AdministratorGuard()
    desk = PasskeyDesk(ceremonies, notices)
    sessions = SessionOpener(copies, session, notices)
    checker, change = FactorChecker(keeper, desk, throttle, notices), FactorChange(sessions, notices)
    mail = TemplatedAdministratorMailWriter(resources.mail, resources.settings.publicBaseUrl)
    return AdminUseCases(
        startSignIn=StartSignInService(openWork, hasher, clock, throttle, desk, notices),
        enrollTotp=EnrollTotpService(openWork, keeper, clock),
        confirmTotp=ConfirmTotpService(openWork, keeper, sessions, notices, clock),
        completeSignIn=CompleteSignInService(openWork, checker, sessions, clock),
        startPasskeyEnrollment=StartPasskeyEnrollmentService(openWork, desk, clock),
        enrollPasskey=EnrollPasskeyService(openWork, desk, sessions, notices, clock),
        offerPasskeySignIn=OfferPasskeySignInService(openWork, desk, clock),
        offerStepUp=OfferStepUpService(openWork, desk, clock),
        startPasskeyRegistration=StartPasskeyRegistrationService(openWork, desk, clock),
        addPasskey=AddPasskeyService(openWork, desk, change, clock),
        listPasskeys=ListPasskeysService(openWork),
        renamePasskey=RenamePasskeyService(openWork, clock),
        removePasskey=RemovePasskeyService(openWork, change, clock),
        acceptInvitation=AcceptInvitationService(openWork, hasher, guesser, notices, clock),
        showPasswordPolicy=ShowPasswordPolicyService(openWork),
        judgePassword=JudgePasswordService(openWork, guesser, clock),
        confirmBrowser=ConfirmBrowserService(openWork, clock),
        signOut=SignOutService(openWork, copies, clock),
        resolveAdministrator=ResolveAdministratorService(openWork, copies, clock, session),
        showProfile=ShowProfileService(openWork),
        reauthenticate=ReauthenticateService(openWork, checker, sessions, clock),
        renewRecoveryCodes=RenewRecoveryCodesService(openWork, change, clock),
        proposeTotp=ProposeTotpService(openWork, keeper, clock),
        setUpTotp=SetUpTotpService(openWork, keeper, change, clock, throttle),
        removeTotp=RemoveTotpService(openWork, change, clock),
        listOwnSessions=ListOwnSessionsService(openWork, clock, session),
        endOwnSession=EndOwnSessionService(openWork, sessions, clock),
        endOtherOwnSessions=EndOtherOwnSessionsService(openWork, sessions, clock),
        changeOwnAccount=ChangeOwnAccountService(openWork, clock),
        changeOwnPassword=ChangeOwnPasswordService(openWork, hasher, guesser, change, clock, throttle),
        listAdministrators=ListAdministratorsService(openWork),
        inviteAdministrator=InviteAdministratorService(openWork, guard, notices, clock),
        inviteAdministratorAgain=InviteAdministratorAgainService(openWork, guard, notices, clock),
        changeAdministratorRoles=ChangeAdministratorRolesService(openWork, guard, clock),
        suspendAdministrator=SuspendAdministratorService(openWork, guard, sessions, clock),
        reactivateAdministrator=ReactivateAdministratorService(openWork, guard, clock),
        resetAdministratorAccess=ResetAdministratorAccessService(openWork, guard, sessions, notices, clock),
        sendAdministratorMail=SendAdministratorMailService(openWork, mail, clock),
        listUsers=ListUsersService(openWork),
        showUser=ShowUserService(openWork, personal, clock),
        listUserSessions=ListUserSessionsService(openWork, personal, clock),
        readUserEvents=ReadUserEventsService(openWork),
        listUserApiKeys=ListUserApiKeysService(openWork),
        revokeUserApiKey=RevokeUserApiKeyService(openWork, copies, clock),
        suspendUser=SuspendUserService(openWork, copies, personal, clock),
        reactivateUser=ReactivateUserService(openWork, personal, clock),
        revokeUserSessions=RevokeUserSessionsService(openWork, copies, clock),
        startPasswordReset=StartPasswordResetService(openWork, keeper, clock),
        resetUserFactors=ResetUserFactorsService(openWork, copies, personal, clock),
        changeUserRoles=ChangeUserRolesService(openWork, personal, copies, clock),
        listRoles=ListRolesService(openWork),
        createRole=CreateRoleService(openWork, clock),
        replaceRole=ReplaceRoleService(openWork, clock),
        removeRole=RemoveRoleService(openWork, clock),
        listSettings=ListSettingsService(openWork),
        changeSetting=ChangeSettingService(openWork, publisher, clock),
        showSettingHistory=ShowSettingHistoryService(openWork),
        listRateLimitPolicies=ListRateLimitPoliciesService(openWork),
        createRateLimitPolicy=CreateRateLimitPolicyService(openWork, publisher, clock),
        replaceRateLimitPolicy=ReplaceRateLimitPolicyService(openWork, publisher, clock),
        removeRateLimitPolicy=RemoveRateLimitPolicyService(openWork, publisher, clock),
        simulateRateLimits=SimulateRateLimitsService(openWork, gateways.ports),
        replayRateLimits=ReplayRateLimitsService(openWork, gateways.ports, gateways.log, clock),
        showLimitCounters=ShowLimitCountersService(openWork, gateways.ports, clock),
        listAddressEntries=ListAddressEntriesService(openWork),
        createAddressEntry=CreateAddressEntryService(openWork, publisher, clock),
        replaceAddressEntry=ReplaceAddressEntryService(openWork, publisher, clock),
        removeAddressEntry=RemoveAddressEntryService(openWork, publisher, clock),
        endAddressEntries=EndAddressEntriesService(openWork, publisher, clock),
        showPenaltyBox=ShowPenaltyBoxService(openWork),
        changePenaltyBox=ChangePenaltyBoxService(openWork, publisher, clock),
        listAuditEvents=ListAuditEventsService(openWork, personal),
        verifyAudit=VerifyAuditService(openWork, clock),
        listPayments=ListPaymentsService(openWork),
        showPaymentTimeline=ShowPaymentTimelineService(openWork),
        showOverview=ShowOverviewService(openWork, clock),
        republish=RepublishService(openWork, publisher),
        removeStaleSignIns=RemoveStaleSignInsService(openWork, clock),
    )


def composeAdmin(resources: ServerResources, settings: AdminSettings) -> ServiceModule:
    """KSysAdmin on these resources."""
    session = AdminSessionPolicy(
        idleMinutes=settings.adminSessionIdleMinutes, absoluteHours=settings.adminSessionAbsoluteHours
    )
    copies = SessionCopies(resources.redis)
    ceremonies = PyWebAuthnCeremonies(RelyingParty.forBaseUrl(settings.publicBaseUrl, RELYING_PARTY_NAME))
    openWork = adminWorkOn(resources.database, resources.clock)
    useCases = composeUseCases(resources, openWork, copies, session, ceremonies, Gateways.on(settings))

    async def endAdministratorCopies(payload: Mapping[str, JsonValue]) -> None:
        ended = EndedAdministratorSessionsDTO.read(payload)
        await copies.endAdministratorSessions(ended.sessionIds, ended.until)

    cookie = AdminCookie.forSite(settings.publicBaseUrl)
    sendMail = useCases.sendAdministratorMail.execute
    ends = OutboxRelay(
        resources.database, OutboxMessage, resources.clock, {END_ADMIN_COPIES_TOPIC: endAdministratorCopies}
    )
    mails = OutboxRelay(resources.database, OutboxMessage, resources.clock, {ADMIN_MAIL_TOPIC: sendMail})
    return ServiceModule(
        name="KSysAdmin",
        state={
            "adminUseCases": useCases,
            "adminCookie": cookie,
            "adminGate": AdminGate(useCases.resolveAdministrator, cookie, resources.clock),
        },
        jobs=(
            ends.job("admin.endSessionCopies"),  # of its own: mails that wait must not keep an ended session alive
            mails.job("admin.mail"),
            Job("admin.republish", useCases.republish.execute, REPUBLISH_SECONDS),
            Job("admin.addressEntries", useCases.endAddressEntries.execute, REPUBLISH_SECONDS),
            Job("admin.cleaning", useCases.removeStaleSignIns.execute, CLEANING_SECONDS),
        ),
    )


def adminRouters() -> Sequence[APIRouter]:
    return [
        authRouter,
        ownAccountRouter,
        administratorRouter,
        passkeyRouter,
        userRouter,
        apiKeyRouter,
        userEventRouter,
        roleRouter,
        settingRouter,
        rateLimitRouter,
        addressEntryRouter,
        penaltyBoxRouter,
        auditRouter,
        paymentRouter,
        statsRouter,
    ]
