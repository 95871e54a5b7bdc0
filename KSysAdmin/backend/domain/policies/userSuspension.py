from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from KSysAdmin.backend.domain.exceptions.userErrors import UserNotSuspendedError, UserSuspendedError
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.models.userAccount import UserAccount, UserStatus
from KSysAdmin.backend.domain.models.userKey import UserKey
from shared.backend.personalSealer import SEALED_PREFIX

REASON_PURPOSE: Final = "audit:suspendedReason"
RESET_REASON_PURPOSE: Final = "audit:resetReason"
_REASONS: Final[Mapping[str, str]] = {"suspendedReason": REASON_PURPOSE, "resetReason": RESET_REASON_PURPOSE}


def suspendUser(user: UserAccount, reason: str, at: datetime) -> None:
    if user.status == UserStatus.SUSPENDED:
        raise UserSuspendedError(f"user {user.id} is suspended already")
    user.status = UserStatus.SUSPENDED
    user.suspendedAt, user.suspendedReason, user.updatedAt = at, reason, at


def reactivateUser(user: UserAccount, at: datetime) -> None:
    """Back to where the account stood: an address that was never verified still has to be."""
    if user.status != UserStatus.SUSPENDED:
        raise UserNotSuspendedError(f"user {user.id} is not suspended")
    user.status = UserStatus.PENDING_VERIFICATION if user.emailVerifiedAt is None else UserStatus.ACTIVE
    user.suspendedAt, user.suspendedReason, user.updatedAt = None, None, at


def standingOf(user: UserAccount, key: UserKey, personal: PersonalOpenerInterface) -> dict[str, JsonValue]:
    """What the audit log says of it for ever; the reason only as long as there is the person's key."""
    reason = user.suspendedReason
    sealed = None if reason is None else personal.seal(key, reason, REASON_PURPOSE)
    return {"status": str(user.status), "suspendedReason": sealed}


def withReasonOpened(
    state: Mapping[str, JsonValue] | None, key: UserKey | None, personal: PersonalOpenerInterface
) -> dict[str, JsonValue] | None:
    """What an administrator is shown of what the audit log keeps."""
    if state is None:
        return None
    return {name: _opened(name, value, key, personal) for name, value in state.items()}


def _opened(name: str, value: JsonValue, key: UserKey | None, personal: PersonalOpenerInterface) -> JsonValue:
    purpose = _REASONS.get(name)
    if purpose is None or not isinstance(value, str) or not value.startswith(SEALED_PREFIX):
        return value
    return None if key is None else personal.open(key, value, purpose)


def keyCopiesBarredUntil(at: datetime) -> datetime:
    """Longer than whoever saw a key good a moment ago can take to copy it; after a reactivation it is copied again."""
    return at + timedelta(hours=1)
