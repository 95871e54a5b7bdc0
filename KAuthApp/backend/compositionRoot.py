from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter

from KAuthApp.backend.application.dto.accountErasedDTO import ACCOUNT_ERASED_TOPIC
from KAuthApp.backend.application.dto.emailChangeDTO import EMAIL_CHANGE_TOPIC
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.noticeDTO import NOTICE_TOPIC
from KAuthApp.backend.application.dto.outboxMessages import (
    END_COPIES_TOPIC,
    MAIL_TOPIC,
    SIGN_IN_CODE_TOPIC,
    USER_EVENT_TOPIC,
)
from KAuthApp.backend.application.mail.codeIssuer import CodeIssuer
from KAuthApp.backend.application.mail.noticeLimiter import NoticeLimiter
from KAuthApp.backend.application.mail.ownerNotices import OwnerNotices
from KAuthApp.backend.application.services.askEmailChangeService import AskEmailChangeService
from KAuthApp.backend.application.services.cancelEmailChangeService import CancelEmailChangeService
from KAuthApp.backend.application.services.changePasswordService import ChangePasswordService
from KAuthApp.backend.application.services.completeLoginByMailCodeService import CompleteLoginByMailCodeService
from KAuthApp.backend.application.services.completeLoginService import CompleteLoginService
from KAuthApp.backend.application.services.completePasskeyRegistrationService import CompletePasskeyRegistrationService
from KAuthApp.backend.application.services.confirmEmailChangeService import ConfirmEmailChangeService
from KAuthApp.backend.application.services.confirmTotpService import ConfirmTotpService
from KAuthApp.backend.application.services.createApiKeyService import CreateApiKeyService
from KAuthApp.backend.application.services.endSessionCopiesService import EndSessionCopiesService
from KAuthApp.backend.application.services.enrollTotpService import EnrollTotpService
from KAuthApp.backend.application.services.ensureSigningKeyService import EnsureSigningKeyService
from KAuthApp.backend.application.services.eraseAccountService import EraseAccountService
from KAuthApp.backend.application.services.exportAccountService import ExportAccountService
from KAuthApp.backend.application.services.forgetCountsService import ForgetCountsService
from KAuthApp.backend.application.services.forgetSuccessorsService import ForgetSuccessorsService
from KAuthApp.backend.application.services.getPasswordPolicyService import GetPasswordPolicyService
from KAuthApp.backend.application.services.getProfileService import GetProfileService
from KAuthApp.backend.application.services.judgePasswordService import JudgePasswordService
from KAuthApp.backend.application.services.listApiKeysService import ListApiKeysService
from KAuthApp.backend.application.services.listPasskeysService import ListPasskeysService
from KAuthApp.backend.application.services.listSessionsService import ListSessionsService
from KAuthApp.backend.application.services.loginService import LoginService
from KAuthApp.backend.application.services.logoutService import LogoutService
from KAuthApp.backend.application.services.offerPasskeySignInService import OfferPasskeySignInService
from KAuthApp.backend.application.services.offerStepUpService import OfferStepUpService
from KAuthApp.backend.application.services.placeUserEventsService import PlaceUserEventsService
from KAuthApp.backend.application.services.publishSigningKeysService import PublishSigningKeysService
from KAuthApp.backend.application.services.readUserEventsService import ReadUserEventsService
from KAuthApp.backend.application.services.reauthenticateService import ReauthenticateService
from KAuthApp.backend.application.services.refreshTokensService import RefreshTokensService
from KAuthApp.backend.application.services.registerUserService import RegisterUserService
from KAuthApp.backend.application.services.removeExpiredService import RemoveExpiredService
from KAuthApp.backend.application.services.removePasskeyService import RemovePasskeyService
from KAuthApp.backend.application.services.removeTotpService import RemoveTotpService
from KAuthApp.backend.application.services.removeUnprovenService import RemoveUnprovenService
from KAuthApp.backend.application.services.renamePasskeyService import RenamePasskeyService
from KAuthApp.backend.application.services.renewRecoveryCodesService import RenewRecoveryCodesService
from KAuthApp.backend.application.services.requestPasswordResetService import RequestPasswordResetService
from KAuthApp.backend.application.services.requestProofOfWorkService import RequestProofOfWorkService
from KAuthApp.backend.application.services.resendVerificationService import ResendVerificationService
from KAuthApp.backend.application.services.resetPasswordService import ResetPasswordService
from KAuthApp.backend.application.services.resolveIdentityService import ResolveIdentityService
from KAuthApp.backend.application.services.revertEmailChangeService import RevertEmailChangeService
from KAuthApp.backend.application.services.revokeApiKeyService import RevokeApiKeyService
from KAuthApp.backend.application.services.revokeOtherSessionsService import RevokeOtherSessionsService
from KAuthApp.backend.application.services.revokeSessionService import RevokeSessionService
from KAuthApp.backend.application.services.rotateSigningKeysService import RotateSigningKeysService
from KAuthApp.backend.application.services.sendEmailChangeMailService import SendEmailChangeMailService
from KAuthApp.backend.application.services.sendErasureMailService import SendErasureMailService
from KAuthApp.backend.application.services.sendMailService import SendMailService
from KAuthApp.backend.application.services.sendNoticeService import SendNoticeService
from KAuthApp.backend.application.services.sendSignInCodeService import SendSignInCodeService
from KAuthApp.backend.application.services.showPasskeyService import ShowPasskeyService
from KAuthApp.backend.application.services.signInWithPasskeyService import SignInWithPasskeyService
from KAuthApp.backend.application.services.startPasskeyRegistrationService import StartPasskeyRegistrationService
from KAuthApp.backend.application.services.updateProfileService import UpdateProfileService
from KAuthApp.backend.application.services.verifyEmailService import VerifyEmailService
from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.application.signIn.factorAsker import FactorAsker
from KAuthApp.backend.application.signIn.factorChange import FactorChange
from KAuthApp.backend.application.signIn.factorChecker import FactorChecker
from KAuthApp.backend.application.signIn.mailCodes import MailCodes
from KAuthApp.backend.application.signIn.orderGuard import OrderGuard
from KAuthApp.backend.application.signIn.passkeyVerifier import PasskeyVerifier
from KAuthApp.backend.application.signIn.passwordNotice import PasswordNotice
from KAuthApp.backend.application.signIn.passwordProver import PasswordProver
from KAuthApp.backend.application.signIn.placeGuard import PlaceGuard
from KAuthApp.backend.application.signIn.pressureGauge import PressureGauge
from KAuthApp.backend.application.signIn.proofGate import ProofGate
from KAuthApp.backend.application.signIn.recoveryCodes import RecoveryCodes
from KAuthApp.backend.application.signIn.recoveryNotice import RecoveryNotice
from KAuthApp.backend.application.signIn.sessionOpener import SessionOpener
from KAuthApp.backend.application.signIn.sessionRenewer import SessionRenewer
from KAuthApp.backend.application.signIn.signInGuard import SignInGuard
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenSignerInterface
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.credentialReaderInterface import CredentialReaderInterface
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.personalDataInterface import PersonalDataReaderInterface
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.interfaces.proofOfWorkInterface import ProofOfWorkInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.interfaces.signingKeyMakerInterface import SigningKeyMakerInterface
from KAuthApp.backend.domain.models.outboxMessage import OutboxMessage
from KAuthApp.backend.domain.policies.apiKeyPolicy import ApiKeyPolicy
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.defencePolicies import DefencePolicies
from KAuthApp.backend.domain.policies.emailChangePolicy import EmailChangePolicy
from KAuthApp.backend.domain.policies.factorThrottlePolicy import FactorThrottlePolicy
from KAuthApp.backend.domain.policies.orderPolicy import PlacePolicy
from KAuthApp.backend.domain.policies.passwordPolicy import LOWEST_MINIMUM, PasswordPolicy
from KAuthApp.backend.domain.policies.refreshPolicy import RefreshPolicy
from KAuthApp.backend.domain.policies.retentionPolicy import RetentionPolicy
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from KAuthApp.backend.domain.policies.tokenPolicy import TokenPolicy
from KAuthApp.backend.infrastructure.config.authSettings import AuthSettings
from KAuthApp.backend.infrastructure.database.authUnitOfWork import unitOfWorkOn
from KAuthApp.backend.infrastructure.database.credentialReader import CredentialReader
from KAuthApp.backend.infrastructure.database.personalDataStores import PersonalDataReader
from KAuthApp.backend.infrastructure.database.personalTables import authPersonalTables
from KAuthApp.backend.infrastructure.http.accountRouter import accountRouter
from KAuthApp.backend.infrastructure.http.apiKeyRouter import apiKeyRouter
from KAuthApp.backend.infrastructure.http.authUseCases import AuthUseCases
from KAuthApp.backend.infrastructure.http.cookies import SessionCookie
from KAuthApp.backend.infrastructure.http.defenceRouter import defenceRouter
from KAuthApp.backend.infrastructure.http.dependencies import AuthGate
from KAuthApp.backend.infrastructure.http.emailChangeRouter import emailChangeRouter
from KAuthApp.backend.infrastructure.http.mfaRouter import mfaRouter
from KAuthApp.backend.infrastructure.http.passkeyRouter import passkeyRouter
from KAuthApp.backend.infrastructure.http.passwordRouter import passwordRouter
from KAuthApp.backend.infrastructure.http.personalDataRouter import personalDataRouter
from KAuthApp.backend.infrastructure.http.sessionCheckRouter import sessionCheckRouter
from KAuthApp.backend.infrastructure.http.sessionRouter import sessionRouter
from KAuthApp.backend.infrastructure.http.signInRouter import keysRouter, signInRouter
from KAuthApp.backend.infrastructure.mail.templatedMailWriter import TemplatedMailWriter
from KAuthApp.backend.infrastructure.redis.redisSessionCopies import RedisSessionCopies
from KAuthApp.backend.infrastructure.security.altchaProofOfWork import AltchaProofOfWork
from KAuthApp.backend.infrastructure.security.cryptoPasswordHasher import CryptoPasswordHasher
from KAuthApp.backend.infrastructure.security.cryptoPersonalSealer import CryptoPersonalSealer
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KAuthApp.backend.infrastructure.security.cryptoSecretSealer import CryptoSecretSealer
from KAuthApp.backend.infrastructure.security.ecSigningKeyMaker import EcSigningKeyMaker
from KAuthApp.backend.infrastructure.security.joseAccessTokenSigner import JoseAccessTokenSigner
from KAuthApp.backend.infrastructure.security.signingKeyRing import SigningKeyRing
from KAuthApp.backend.infrastructure.security.zxcvbnPasswordGuesser import ZxcvbnPasswordGuesser
from shared.backend.config.liveSettings import LiveSettings
from shared.backend.database.auditAddresses import AuditAddresses
from shared.backend.database.personalTables import PersonalData, PersonalTableInterface
from shared.backend.http.credentials import Credential
from shared.backend.jobs.job import Job
from shared.backend.jobs.outboxRelay import OutboxRelay, RetryPace
from shared.backend.jobs.outboxSweep import OutboxSweep
from shared.backend.redis.credentialCopies import CredentialCopies
from shared.backend.server import ServerResources, ServiceModule
from shared.backend.utils.clock import ClockInterface
from shared.backend.webAuthn.ceremoniesInterface import WebAuthnCeremoniesInterface
from shared.backend.webAuthn.pyWebAuthnCeremonies import PyWebAuthnCeremonies
from shared.backend.webAuthn.relyingParty import RelyingParty

__all__ = ["AuthService", "AuthSettings", "authPersonalTables", "authRouters", "composeAuth"]

RELYING_PARTY_NAME = "K"
PASSWORD_MIN_LENGTH_SETTING = "auth.passwordMinLength"  # noqa: S105 - the name of a setting
FORGET_EVERY_SECONDS = 15.0
PLACE_EVERY_SECONDS = 2.0
# However long Redis was silent: seconds after its return nothing is left of what has ended. After a day no copy is.
ENDS_PACE = RetryPace(attempts=17_280, longestSeconds=5.0)
ENDS_AT_ONCE = 5
REMOVE_EVERY_SECONDS = 600.0


@dataclass(frozen=True)
class AuthService:
    """What this service gives the server: its module, what other services ask it, and its upkeep commands."""

    module: ServiceModule
    resolveIdentity: Callable[[Credential], Awaitable[IdentityDTO]]
    rotateSigningKeys: RotateSigningKeysService
    readUserEvents: ReadUserEventsService


@dataclass(frozen=True)
class _Parts:
    """The concrete things behind the interfaces, made once."""

    openWork: OpenAuthWork
    hasher: PasswordHasherInterface
    guesser: PasswordGuesserInterface
    secrets: SecretMakerInterface
    sealer: SecretSealerInterface
    personal: PersonalSealerInterface
    personalData: PersonalDataReaderInterface
    signer: AccessTokenSignerInterface
    keyMaker: SigningKeyMakerInterface
    copies: SessionCopiesInterface
    ceremonies: WebAuthnCeremoniesInterface
    reader: CredentialReaderInterface
    proofs: ProofOfWorkInterface
    clock: ClockInterface


@dataclass(frozen=True)
class _Policies:
    password: Callable[[], PasswordPolicy]
    code: CodePolicy
    emailChange: EmailChangePolicy
    challenge: ChallengePolicy
    mailedChallenge: ChallengePolicy
    session: SessionPolicy
    refresh: RefreshPolicy
    copy: CopyPolicy
    token: TokenPolicy
    retention: RetentionPolicy
    freshFor: timedelta
    apiKey: ApiKeyPolicy
    defence: DefencePolicies


def composeAuth(
    resources: ServerResources, settings: AuthSettings, othersTables: Sequence[PersonalTableInterface] = ()
) -> AuthService:
    """Sign-in, ready to serve. `othersTables`: what the services beside it hold of a person."""
    policies = _policiesOf(settings, resources.liveSettings)
    parts = _partsOf(resources, policies, settings.publicBaseUrl, othersTables)
    cookie = SessionCookie.forBaseUrl(settings.publicBaseUrl, policies.defence.devices.seconds)
    useCases = composeUseCases(parts, policies, cookie)
    module = ServiceModule(
        name="kauth",
        state={
            "authUseCases": useCases,
            "authGate": AuthGate(useCases.resolveIdentity, cookie, policies.freshFor, resources.clock),
        },
        jobs=_jobsOf(resources, settings, parts, policies),
        start=EnsureSigningKeyService(parts.openWork, parts.keyMaker, parts.clock).execute,
    )
    rotate = RotateSigningKeysService(parts.openWork, parts.keyMaker, policies.token, parts.clock)
    return AuthService(module, useCases.resolveIdentity.execute, rotate, ReadUserEventsService(parts.openWork))


def authRouters() -> list[APIRouter]:
    return [
        sessionCheckRouter,
        accountRouter,
        defenceRouter,
        emailChangeRouter,
        personalDataRouter,
        apiKeyRouter,
        signInRouter,
        keysRouter,
        mfaRouter,
        passkeyRouter,
        passwordRouter,
        sessionRouter,
    ]


def composeUseCases(parts: _Parts, policies: _Policies, cookie: SessionCookie) -> AuthUseCases:
    openWork, clock, copies, sealer, secrets = parts.openWork, parts.clock, parts.copies, parts.sealer, parts.secrets
    defence = policies.defence
    proofs = ProofGate(parts.proofs)
    notices = OwnerNotices(parts.personal)
    devices = DeviceMemory(secrets, notices, defence.devices)
    guard = SignInGuard(
        secrets, devices, proofs, PressureGauge(defence.guard.pressure), defence.guard, defence.counters
    )
    orders = OrderGuard(secrets, proofs, defence.orders, defence.counters)
    places = PlaceGuard(secrets, PlacePolicy.among(policies.code.mostInADay), defence.counters)
    asker = FactorAsker(secrets, policies.challenge)
    mailCodes = MailCodes(secrets, policies.mailedChallenge, policies.code)
    sessions = SessionOpener(
        secrets, parts.personal, parts.signer, copies, policies.session, policies.copy, guard, devices
    )
    prover = PasswordProver(openWork, parts.hasher, secrets, copies, defence.guard, defence.counters, clock)
    renewer = SessionRenewer(secrets, copies, policies.session)
    passkeys = PasskeyVerifier(parts.ceremonies, notices)
    checker = FactorChecker(parts.personal, secrets, passkeys, FactorThrottlePolicy())
    recoveryCodes, recoveryNotice = RecoveryCodes(secrets), RecoveryNotice(notices)
    factorChange, passwordNotice = FactorChange(renewer, notices), PasswordNotice(notices)
    return AuthUseCases(
        register=RegisterUserService(
            openWork,
            orders,
            parts.hasher,
            parts.guesser,
            policies.password,
            defence.registration,
            secrets,
            sealer,
            clock,
        ),
        verifyEmail=VerifyEmailService(
            openWork, parts.hasher, parts.guesser, policies.password, secrets, parts.personal, policies.code, clock
        ),
        resendVerification=ResendVerificationService(openWork, orders, sealer, clock),
        login=LoginService(openWork, parts.hasher, secrets, guard, sessions, asker, mailCodes, clock),
        completeLoginByMailCode=CompleteLoginByMailCodeService(openWork, mailCodes, asker, sessions, clock),
        requestProofOfWork=RequestProofOfWorkService(
            openWork, guard, parts.proofs, defence.guard, defence.proof, clock
        ),
        getPasswordPolicy=GetPasswordPolicyService(policies.password),
        judgePassword=JudgePasswordService(policies.password, parts.guesser),
        completeLogin=CompleteLoginService(openWork, checker, recoveryNotice, sessions, policies.challenge, clock),
        reauthenticate=ReauthenticateService(
            openWork, prover, checker, recoveryNotice, renewer, policies.freshFor, clock
        ),
        enrollTotp=EnrollTotpService(openWork, parts.personal, clock),
        confirmTotp=ConfirmTotpService(openWork, parts.personal, recoveryCodes, factorChange, clock),
        removeTotp=RemoveTotpService(openWork, recoveryCodes, factorChange, clock),
        renewRecoveryCodes=RenewRecoveryCodesService(openWork, recoveryCodes, factorChange, clock),
        offerPasskeySignIn=OfferPasskeySignInService(openWork, parts.ceremonies, secrets, policies.challenge, clock),
        signInWithPasskey=SignInWithPasskeyService(openWork, parts.ceremonies, passkeys, sessions, clock),
        offerStepUp=OfferStepUpService(openWork, parts.ceremonies, secrets, policies.challenge, clock),
        startPasskeyRegistration=StartPasskeyRegistrationService(
            openWork, parts.ceremonies, secrets, policies.challenge, clock
        ),
        completePasskeyRegistration=CompletePasskeyRegistrationService(
            openWork, parts.ceremonies, factorChange, recoveryCodes, clock
        ),
        listPasskeys=ListPasskeysService(openWork),
        showPasskey=ShowPasskeyService(openWork),
        renamePasskey=RenamePasskeyService(openWork, clock),
        removePasskey=RemovePasskeyService(openWork, factorChange, recoveryCodes, clock),
        refreshTokens=RefreshTokensService(
            openWork, secrets, sealer, parts.signer, copies, policies.refresh, policies.session, policies.copy, clock
        ),
        logout=LogoutService(openWork, copies, clock),
        getProfile=GetProfileService(openWork, parts.personal, clock),
        updateProfile=UpdateProfileService(openWork, clock),
        askEmailChange=AskEmailChangeService(openWork, parts.personal, policies.emailChange, clock),
        confirmEmailChange=ConfirmEmailChangeService(
            openWork, secrets, parts.personal, copies, policies.code, policies.emailChange, clock
        ),
        cancelEmailChange=CancelEmailChangeService(openWork, clock),
        revertEmailChange=RevertEmailChangeService(openWork, secrets, parts.personal, copies, clock),
        exportAccount=ExportAccountService(openWork, parts.personalData, clock),
        eraseAccount=EraseAccountService(openWork, sealer, secrets, copies, clock),
        listSessions=ListSessionsService(openWork, parts.personal, clock),
        revokeSession=RevokeSessionService(openWork, copies, clock),
        revokeOtherSessions=RevokeOtherSessionsService(openWork, copies, devices, clock),
        requestPasswordReset=RequestPasswordResetService(openWork, orders, places, devices, sealer, clock),
        resetPassword=ResetPasswordService(
            openWork,
            parts.hasher,
            parts.guesser,
            policies.password,
            policies.code,
            secrets,
            passwordNotice,
            checker,
            recoveryNotice,
            guard,
            places,
            devices,
            copies,
            clock,
        ),
        changePassword=ChangePasswordService(
            openWork, prover, parts.hasher, parts.guesser, policies.password, passwordNotice, renewer, devices, clock
        ),
        publishSigningKeys=PublishSigningKeysService(parts.signer),
        resolveIdentity=ResolveIdentityService(
            openWork, parts.reader, copies, parts.signer, policies.session, policies.copy, clock
        ),
        createApiKey=CreateApiKeyService(openWork, secrets, notices, policies.apiKey, clock),
        listApiKeys=ListApiKeysService(openWork),
        revokeApiKey=RevokeApiKeyService(openWork, copies, clock),
        cookie=cookie,
    )


def _policiesOf(settings: AuthSettings, live: LiveSettings) -> _Policies:
    return _Policies(
        password=lambda: PasswordPolicy(minLength=_minLength(live, settings.authPasswordMinLength)),
        code=CodePolicy(
            lifetime=timedelta(minutes=settings.authCodeMinutes),
            mostInWindow=settings.authCodesAnHour,
            mostInADay=max(settings.authCodesDaily, settings.authCodesAnHour),
        ),
        emailChange=EmailChangePolicy(revertFor=timedelta(days=settings.authEmailRevertDays)),
        challenge=ChallengePolicy(),
        mailedChallenge=ChallengePolicy(lifetime=timedelta(minutes=min(settings.authCodeMinutes, 15))),
        defence=settings.defencePolicies,
        session=SessionPolicy(
            idle=timedelta(seconds=settings.authSessionIdleSeconds),
            absolute=timedelta(seconds=settings.authSessionAbsoluteSeconds),
            mfaIdle=timedelta(seconds=settings.authMfaSessionIdleSeconds),
            mfaAbsolute=timedelta(seconds=settings.authMfaSessionAbsoluteSeconds),
        ),
        refresh=RefreshPolicy(repeatFor=timedelta(seconds=settings.authRefreshRepeatSeconds)),
        copy=CopyPolicy(lifetime=_copyLifetime(settings)),
        token=settings.tokenPolicy,
        freshFor=timedelta(seconds=settings.authFreshSeconds),
        apiKey=ApiKeyPolicy(),
        retention=RetentionPolicy(sessions=timedelta(days=settings.authKeepEndedSessionsDays)),
    )


def _copyLifetime(settings: AuthSettings) -> timedelta:
    """At most half as long as a session may be idle: while a copy is believed at the gateway, nobody notes the use."""
    shortestIdle = min(settings.authSessionIdleSeconds, settings.authMfaSessionIdleSeconds)
    return timedelta(seconds=min(settings.authCopySeconds, shortestIdle // 2))


def _minLength(live: LiveSettings, default: int) -> int:
    """What administrators have set, never under the lowest that is safe."""
    value = live.values.get(PASSWORD_MIN_LENGTH_SETTING)
    return max(LOWEST_MINIMUM, min(value, 64)) if isinstance(value, int) else default


def _partsOf(
    resources: ServerResources,
    policies: _Policies,
    publicBaseUrl: str,
    othersTables: Sequence[PersonalTableInterface],
) -> _Parts:
    secrets, personal = CryptoSecretMaker(resources.crypto), CryptoPersonalSealer(resources.crypto)
    personalData = PersonalData([*othersTables, *authPersonalTables(secrets)])
    addresses = AuditAddresses(resources.crypto)
    openWork = unitOfWorkOn(resources.database, resources.clock, addresses, personalData)
    sealer = CryptoSecretSealer(resources.crypto)
    keys = SigningKeyRing(openWork, sealer, resources.clock)
    return _Parts(
        openWork=openWork,
        hasher=CryptoPasswordHasher(resources.crypto),
        guesser=ZxcvbnPasswordGuesser(),
        secrets=secrets,
        sealer=sealer,
        personal=personal,
        personalData=PersonalDataReader(resources.database, personalData, personal),
        signer=JoseAccessTokenSigner(keys, policies.token, resources.clock),
        keyMaker=EcSigningKeyMaker(sealer),
        reader=CredentialReader(resources.database),
        proofs=AltchaProofOfWork(resources.crypto, policies.defence.proof),
        copies=RedisSessionCopies(CredentialCopies(resources.redis, "kauth"), policies.copy),
        ceremonies=PyWebAuthnCeremonies(RelyingParty.forBaseUrl(publicBaseUrl, RELYING_PARTY_NAME)),
        clock=resources.clock,
    )


def _jobsOf(resources: ServerResources, settings: AuthSettings, parts: _Parts, policies: _Policies) -> Sequence[Job]:
    writer = TemplatedMailWriter(resources.mail, settings.publicBaseUrl, policies.code.lifetime)
    codes = CodeIssuer(parts.openWork, parts.secrets, policies.code, parts.clock)
    defence = policies.defence
    limiter = NoticeLimiter(parts.openWork, parts.secrets, defence.notices, defence.counters, parts.clock)
    sendMail = SendMailService(parts.openWork, writer, codes, limiter, parts.sealer, parts.clock)
    sendNotice = SendNoticeService(parts.openWork, writer, limiter, parts.personal)
    sendSignInCode = SendSignInCodeService(parts.openWork, writer, codes, parts.clock)
    changeMail = SendEmailChangeMailService(
        parts.openWork, writer, codes, parts.secrets, parts.personal, policies.emailChange, parts.clock
    )
    mailHandlers = {
        MAIL_TOPIC: sendMail.execute,
        NOTICE_TOPIC: sendNotice.execute,
        SIGN_IN_CODE_TOPIC: sendSignInCode.execute,
        EMAIL_CHANGE_TOPIC: changeMail.execute,
        ACCOUNT_ERASED_TOPIC: SendErasureMailService(writer, parts.sealer).execute,
    }
    endCopies = EndSessionCopiesService(parts.copies, parts.clock)
    mails = OutboxRelay(resources.database, OutboxMessage, parts.clock, mailHandlers)
    enders = {END_COPIES_TOPIC: endCopies.execute}
    ends = OutboxRelay(resources.database, OutboxMessage, parts.clock, enders, ENDS_PACE, ENDS_AT_ONCE)
    place = PlaceUserEventsService(parts.openWork)
    events = OutboxRelay(resources.database, OutboxMessage, parts.clock, {USER_EVENT_TOPIC: place.execute})
    forget = ForgetSuccessorsService(parts.openWork, policies.refresh, parts.clock)
    remove = RemoveExpiredService(parts.openWork, policies.retention, parts.clock)
    removeUnproven = RemoveUnprovenService(parts.openWork, defence.registration, parts.clock)
    forgetCounts = ForgetCountsService(parts.openWork, defence, parts.clock)
    return [
        mails.job("auth.mail"),
        ends.job("auth.endSessionCopies"),  # of its own: a slow mail server must not keep an ended session alive
        events.job("auth.userEvents", PLACE_EVERY_SECONDS),  # whoever reads the feed places what waits too
        Job("auth.forgetSuccessors", forget.execute, FORGET_EVERY_SECONDS),
        Job("auth.removeExpired", remove.execute, REMOVE_EVERY_SECONDS),
        Job("auth.removeUnproven", removeUnproven.execute, REMOVE_EVERY_SECONDS),
        Job("auth.forgetCounts", forgetCounts.execute, REMOVE_EVERY_SECONDS),
        OutboxSweep(resources.database, parts.clock).job("outbox.sweep"),
    ]
