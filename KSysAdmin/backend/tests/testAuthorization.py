from __future__ import annotations

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from KSysAdmin.backend.compositionRoot import adminRouters
from KSysAdmin.backend.domain.policies.permission import PERMISSION_TITLES, Permission
from KSysAdmin.backend.infrastructure.http.authorization import (
    OpenToAll,
    RequirePermission,
    UndeclaredRouteError,
    ensureEveryRouteDeclares,
    openToAll,
    requires,
)

OPEN = {
    "/api/admin/auth/login",
    "/api/admin/auth/second-factor",
    "/api/admin/auth/mfa/totp/enroll",
    "/api/admin/auth/mfa/totp/confirm",
    "/api/admin/auth/invitation/accept",
}


async def nothing() -> None:
    return None


def testARouteThatDeclaresNothingStopsTheServer() -> None:
    router = APIRouter(prefix="/api/admin")
    router.add_api_route("/declared", nothing, dependencies=[requires(Permission.USER_READ)])
    router.add_api_route("/open", nothing, dependencies=[openToAll()])
    ensureEveryRouteDeclares([router])

    router.add_api_route("/forgotten", nothing, methods=["DELETE"])
    with pytest.raises(UndeclaredRouteError, match="DELETE /api/admin/forgotten"):
        ensureEveryRouteDeclares([router])


def testAMountedAppIsNoDeclaredRoute() -> None:
    router = APIRouter()
    router.mount("/files", nothing)  # type: ignore[arg-type]
    with pytest.raises(UndeclaredRouteError):
        ensureEveryRouteDeclares([router])


def testOnlyTheSignInIsOpen() -> None:
    routes = [route for router in adminRouters() for route in router.routes if isinstance(route, APIRoute)]
    isOpen = {
        route.path for route in routes if any(isinstance(each.dependency, OpenToAll) for each in route.dependencies)
    }
    assert isOpen == OPEN


def testEveryPermissionGuardsSomethingAndHasATitle() -> None:
    routes = [route for router in adminRouters() for route in router.routes if isinstance(route, APIRoute)]
    guarding = {
        each.dependency.permission
        for route in routes
        for each in route.dependencies
        if isinstance(each.dependency, RequirePermission)
    }
    assert guarding == set(Permission)
    assert set(PERMISSION_TITLES) == set(Permission)
