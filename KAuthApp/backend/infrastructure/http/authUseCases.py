from __future__ import annotations

from dataclasses import dataclass

from KAuthApp.backend.application.services.changePasswordService import ChangePasswordService
from KAuthApp.backend.application.services.getProfileService import GetProfileService
from KAuthApp.backend.application.services.listSessionsService import ListSessionsService
from KAuthApp.backend.application.services.loginService import LoginService
from KAuthApp.backend.application.services.logoutService import LogoutService
from KAuthApp.backend.application.services.publishSigningKeysService import PublishSigningKeysService
from KAuthApp.backend.application.services.refreshTokensService import RefreshTokensService
from KAuthApp.backend.application.services.registerUserService import RegisterUserService
from KAuthApp.backend.application.services.requestPasswordResetService import RequestPasswordResetService
from KAuthApp.backend.application.services.resendVerificationService import ResendVerificationService
from KAuthApp.backend.application.services.resetPasswordService import ResetPasswordService
from KAuthApp.backend.application.services.resolveIdentityService import ResolveIdentityService
from KAuthApp.backend.application.services.revokeOtherSessionsService import RevokeOtherSessionsService
from KAuthApp.backend.application.services.revokeSessionService import RevokeSessionService
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
    refreshTokens: RefreshTokensService
    logout: LogoutService
    getProfile: GetProfileService
    updateProfile: UpdateProfileService
    listSessions: ListSessionsService
    revokeSession: RevokeSessionService
    revokeOtherSessions: RevokeOtherSessionsService
    requestPasswordReset: RequestPasswordResetService
    resetPassword: ResetPasswordService
    changePassword: ChangePasswordService
    publishSigningKeys: PublishSigningKeysService
    resolveIdentity: ResolveIdentityService
    cookie: SessionCookie
