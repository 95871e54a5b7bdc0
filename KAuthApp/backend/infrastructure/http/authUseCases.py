from __future__ import annotations

from dataclasses import dataclass

from KAuthApp.backend.application.services.askEmailChangeService import AskEmailChangeService
from KAuthApp.backend.application.services.cancelEmailChangeService import CancelEmailChangeService
from KAuthApp.backend.application.services.changePasswordService import ChangePasswordService
from KAuthApp.backend.application.services.completeLoginByMailCodeService import CompleteLoginByMailCodeService
from KAuthApp.backend.application.services.completeLoginService import CompleteLoginService
from KAuthApp.backend.application.services.completePasskeyRegistrationService import CompletePasskeyRegistrationService
from KAuthApp.backend.application.services.confirmEmailChangeService import ConfirmEmailChangeService
from KAuthApp.backend.application.services.confirmTotpService import ConfirmTotpService
from KAuthApp.backend.application.services.createApiKeyService import CreateApiKeyService
from KAuthApp.backend.application.services.enrollTotpService import EnrollTotpService
from KAuthApp.backend.application.services.eraseAccountService import EraseAccountService
from KAuthApp.backend.application.services.exportAccountService import ExportAccountService
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
from KAuthApp.backend.application.services.publishSigningKeysService import PublishSigningKeysService
from KAuthApp.backend.application.services.reauthenticateService import ReauthenticateService
from KAuthApp.backend.application.services.refreshTokensService import RefreshTokensService
from KAuthApp.backend.application.services.registerUserService import RegisterUserService
from KAuthApp.backend.application.services.removePasskeyService import RemovePasskeyService
from KAuthApp.backend.application.services.removeTotpService import RemoveTotpService
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
from KAuthApp.backend.application.services.showPasskeyService import ShowPasskeyService
from KAuthApp.backend.application.services.signInWithPasskeyService import SignInWithPasskeyService
from KAuthApp.backend.application.services.startPasskeyRegistrationService import StartPasskeyRegistrationService
from KAuthApp.backend.application.services.updateProfileService import UpdateProfileService
from KAuthApp.backend.application.services.verifyEmailService import VerifyEmailService
from KAuthApp.backend.infrastructure.http.cookies import SessionCookie


@dataclass(frozen=True)
class AuthUseCases:
    """Everything this service can do for a caller, on one page."""

    register: RegisterUserService
    verifyEmail: VerifyEmailService
    resendVerification: ResendVerificationService
    login: LoginService
    completeLogin: CompleteLoginService
    completeLoginByMailCode: CompleteLoginByMailCodeService
    requestProofOfWork: RequestProofOfWorkService
    getPasswordPolicy: GetPasswordPolicyService
    judgePassword: JudgePasswordService
    reauthenticate: ReauthenticateService
    enrollTotp: EnrollTotpService
    confirmTotp: ConfirmTotpService
    removeTotp: RemoveTotpService
    renewRecoveryCodes: RenewRecoveryCodesService
    offerPasskeySignIn: OfferPasskeySignInService
    signInWithPasskey: SignInWithPasskeyService
    offerStepUp: OfferStepUpService
    startPasskeyRegistration: StartPasskeyRegistrationService
    completePasskeyRegistration: CompletePasskeyRegistrationService
    listPasskeys: ListPasskeysService
    showPasskey: ShowPasskeyService
    renamePasskey: RenamePasskeyService
    removePasskey: RemovePasskeyService
    refreshTokens: RefreshTokensService
    logout: LogoutService
    getProfile: GetProfileService
    updateProfile: UpdateProfileService
    askEmailChange: AskEmailChangeService
    confirmEmailChange: ConfirmEmailChangeService
    cancelEmailChange: CancelEmailChangeService
    revertEmailChange: RevertEmailChangeService
    exportAccount: ExportAccountService
    eraseAccount: EraseAccountService
    listSessions: ListSessionsService
    revokeSession: RevokeSessionService
    revokeOtherSessions: RevokeOtherSessionsService
    requestPasswordReset: RequestPasswordResetService
    resetPassword: ResetPasswordService
    changePassword: ChangePasswordService
    publishSigningKeys: PublishSigningKeysService
    resolveIdentity: ResolveIdentityService
    createApiKey: CreateApiKeyService
    listApiKeys: ListApiKeysService
    revokeApiKey: RevokeApiKeyService
    cookie: SessionCookie
