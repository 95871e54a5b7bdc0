from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime, enumColumn


class AccountKind(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class LedgerAccount(AdminTable, table=True):
    """One account, or one shard of a busy one. The cached balance is written with the entries, never alone."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("code", "owner_id", "currency", "shard", postgresql_nulls_not_distinct=True),
        Index("ix_ledger_account_owner_id", "owner_id"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(max_length=40)
    kind: AccountKind = Field(sa_type=enumColumn(AccountKind, "kind"))
    ownerId: UUID | None = Field(default=None, sa_column_kwargs={"name": "owner_id"})
    currency: str = Field(max_length=3)
    shard: int
    balanceMinor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"name": "balance_minor"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})


class Journal(AdminTable, table=True):
    """One business fact in the books; its entries sum to zero. A correction is a reversing journal."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("source_type", "source_id", "kind"),)

    id: UUID = Field(primary_key=True)
    sourceType: str = Field(max_length=40, sa_column_kwargs={"name": "source_type"})
    sourceId: UUID = Field(sa_column_kwargs={"name": "source_id"})
    kind: str = Field(max_length=40)
    description: str = Field(max_length=255)
    postedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "posted_at"})


class Entry(AdminTable, table=True):
    """One line of a journal in minor units: debit above zero, credit below."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("journal_id", "ordinal"),
        CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        Index("ix_entry_account_id_id", "account_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    journalId: UUID = Field(foreign_key="journal.id", sa_column_kwargs={"name": "journal_id"})
    accountId: UUID = Field(foreign_key="ledger_account.id", sa_column_kwargs={"name": "account_id"})
    ordinal: int
    currency: str = Field(max_length=3)
    amountMinor: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "amount_minor"})
    postedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "posted_at"})
