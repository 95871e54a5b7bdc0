from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_CONNECTION_CLASSES: Final = ("08", "53", "57P")  # connection, resources, operator intervention
_TEXT_STATES: Final = frozenset({"22021", "22P05"})  # a byte that is no text, a character jsonb cannot hold
_RETRYABLE_STATES: Final = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock not available


def sqlStateOf(error: BaseException) -> str:
    """The five-character SQLSTATE behind this failure, or "" when there is none."""
    origin = getattr(error, "orig", None)
    state = getattr(origin, "sqlstate", None) or getattr(getattr(origin, "__cause__", None), "sqlstate", None)
    return str(state or "")


def isDatabaseAway(error: BaseException) -> bool:
    """True when PostgreSQL could not be reached, was shutting down or had no connection free."""
    if isinstance(error, (ConnectionError, PoolTimeoutError, InterfaceError)):
        return True
    isConnectionState = sqlStateOf(error).startswith(_CONNECTION_CLASSES)
    if isinstance(error, DBAPIError):
        return isConnectionState or error.connection_invalidated
    return isinstance(error, (OperationalError, TimeoutError))


def isTextRefused(error: BaseException) -> bool:
    """True when a text could not be stored because of a character in it: NUL, which JSON allows and PostgreSQL not."""
    return sqlStateOf(error) in _TEXT_STATES


def isRetryable(error: BaseException) -> bool:
    """True for serialization failures, deadlocks and lock time-outs: the same transaction may be tried again."""
    return sqlStateOf(error) in _RETRYABLE_STATES


def brokenConstraint(error: IntegrityError) -> str:
    """The name of the constraint that refused the row, or "" when the database named none."""
    cause = getattr(error.orig, "__cause__", None)
    return str(getattr(cause, "constraint_name", "") or "")
