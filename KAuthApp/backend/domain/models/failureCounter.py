from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from shared.backend.database.table import UtcDateTime, enumColumn


class CounterKind(StrEnum):
    """Whose tries are counted: an account's, a client address's, both together, a known device's; who orders mails."""

    ACCOUNT = "account"
    ADDRESS = "address"
    PAIR = "pair"
    DEVICE = "device"
    ORDER_SOURCE = "orderSource"
    ORDER_TARGET = "orderTarget"
    ORDER_PAIR = "orderPair"
    NOTICE_HOUR = "noticeHour"
    NOTICE_DAY = "noticeDay"


class FailureCounter(AuthTable, table=True):
    """How often something was tried in vain or asked for. The subject is a keyed hash, whether it exists or not."""

    __tablename__ = "failure_counter"

    kind: CounterKind = Field(primary_key=True, sa_type=enumColumn(CounterKind, "kind"))
    subjectHash: str = Field(primary_key=True, max_length=64, sa_column_kwargs={"name": "subject_hash"})
    failures: int
    firstFailedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "first_failed_at"})
    lastFailedAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "last_failed_at"})
