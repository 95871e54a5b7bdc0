from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class ShadowRegistration(AdminTable, table=True):
    """The latest registration of an address, proven, unproven or somebody else's.

    Who registers an address that has an owner and then signs in must see what they would see if it had none. A few
    keyed bits tell whether a password is the one of this registration; they are too few to find it by.
    """

    __tablename__ = "shadow_registration"

    addressIndex: str = Field(primary_key=True, max_length=64, sa_column_kwargs={"name": "address_index"})
    passwordTag: str = Field(max_length=64, repr=False, sa_column_kwargs={"name": "password_tag"})
    previousTag: str | None = Field(default=None, max_length=64, repr=False, sa_column_kwargs={"name": "previous_tag"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "expires_at"})
