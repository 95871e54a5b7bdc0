from __future__ import annotations

from collections.abc import Iterator

from admin_server import createAdminApp
from KSysAdmin.backend.domain.policies.permission import PERMISSION_TITLES, Permission
from shared.backend.http.access import Access, PermissionAccess, PublicAccess
from shared.backend.http.routeAccess import accessOfRoutes

OPEN = {
    "/api/admin/auth/login",
    "/api/admin/auth/second-factor",
    "/api/admin/auth/passkeys/authentication/options",
    "/api/admin/auth/passkeys/enrollment/options",
    "/api/admin/auth/passkeys/enrollment/verify",
    "/api/admin/auth/mfa/totp/enroll",
    "/api/admin/auth/mfa/totp/confirm",
    "/api/admin/auth/invitation/accept",
    "/api/admin/auth/browser/confirm",
    "/api/admin/auth/password-policy",
    "/api/admin/auth/password/strength",
}
OF_THE_SERVER = {"/health", "/health/live", "/api/admin/openapi.json"}


def declared() -> Iterator[tuple[str, Access]]:
    for (_, path), access in accessOfRoutes(createAdminApp().routes).items():
        yield path, access


def testOnlyTheSignInIsOpen() -> None:
    isOpen = {path for path, access in declared() if isinstance(access, PublicAccess)}
    assert isOpen == OPEN | OF_THE_SERVER


def testEveryPermissionGuardsSomethingAndHasATitle() -> None:
    guarding = {access.permission for _, access in declared() if isinstance(access, PermissionAccess)}
    assert guarding == set(Permission)
    assert set(PERMISSION_TITLES) == set(Permission)
