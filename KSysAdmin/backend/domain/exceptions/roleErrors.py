from __future__ import annotations

from shared.backend.exceptions.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError


class RoleNotFoundError(NotFoundError):
    code = "role.notFound"
    title = "There is no such role"


class RoleExistsError(ConflictError):
    code = "role.exists"
    title = "There is a role of this name"


class RoleBuiltInError(ConflictError):
    code = "role.builtIn"
    title = "A built-in role cannot be changed or removed"


class RoleInUseError(ConflictError):
    code = "role.inUse"
    title = "Administrators still have this role"


class PermissionNotHeldError(ForbiddenError):
    code = "role.permissionNotHeld"
    title = "A role cannot hold a permission you do not have"


class RoleInvalidError(InvalidInputError):
    code = "role.invalid"
    title = "The role is not valid"
