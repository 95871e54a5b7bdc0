from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Everything an administrator may be allowed to do. Routes declare one; roles are sets of them."""

    USER_READ = "user.read"
    USER_SUSPEND = "user.suspend"
    USER_REVOKE_SESSIONS = "user.revokeSessions"
    USER_RESET_PASSWORD = "user.resetPassword"  # noqa: S105 - a permission, not a password
    USER_RESET_FACTORS = "user.resetFactors"
    USER_WRITE_ROLES = "user.writeRoles"
    ADMINISTRATOR_READ = "administrator.read"
    ADMINISTRATOR_WRITE = "administrator.write"
    ROLE_READ = "role.read"
    ROLE_WRITE = "role.write"
    SETTING_READ = "setting.read"
    SETTING_WRITE = "setting.write"
    RATE_LIMIT_READ = "rateLimit.read"
    RATE_LIMIT_WRITE = "rateLimit.write"
    AUDIT_READ = "audit.read"
    PAYMENT_READ = "payment.read"
    STATS_READ = "stats.read"


PERMISSION_TITLES: dict[Permission, str] = {
    Permission.USER_READ: "See users and their sessions",
    Permission.USER_SUSPEND: "Suspend and reactivate users",
    Permission.USER_REVOKE_SESSIONS: "End a user's sessions",
    Permission.USER_RESET_PASSWORD: "Start a password reset for a user",
    Permission.USER_RESET_FACTORS: "Remove the second factors of a user who has lost them",
    Permission.USER_WRITE_ROLES: "Change the roles of a user",
    Permission.ADMINISTRATOR_READ: "See administrators",
    Permission.ADMINISTRATOR_WRITE: "Invite, suspend and reset administrators and change their roles",
    Permission.ROLE_READ: "See roles and permissions",
    Permission.ROLE_WRITE: "Create, change and remove roles",
    Permission.SETTING_READ: "See settings and their history",
    Permission.SETTING_WRITE: "Change settings",
    Permission.RATE_LIMIT_READ: "See rate limits and address lists, and try limits out",
    Permission.RATE_LIMIT_WRITE: "Change rate limits, address lists and the penalty box",
    Permission.AUDIT_READ: "Read and verify the audit log",
    Permission.PAYMENT_READ: "See payments and their timelines",
    Permission.STATS_READ: "See the overview",
}
