from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from shared.backend.database.table import UtcDateTime


class SignInPressure(AuthTable, table=True):
    """How sign-ins from devices nobody knows went in a few minutes: how an attack on the whole platform is seen.

    `failures` of one slot may fall below zero: a person who mistyped and then got in takes the failures back.
    """

    __tablename__ = "sign_in_pressure"

    slot: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    tries: int
    failures: int
