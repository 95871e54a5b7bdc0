"""A bank-hosted virtual account (BRIVA WS): closed amount, single payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from KSysPayment.simulator.clock import toBodyTime
from KSysPayment.simulator.snap.answers import JsonObject


class VirtualAccountState(StrEnum):
    """`marked` is paid by the partner's word (update-status), without money; expiry is a matter of time."""

    ACTIVE = "active"
    MARKED = "marked"
    PAID = "paid"
    DELETED = "deleted"


@dataclass(frozen=True)
class VirtualAccount:
    """One bill under a number; a number freed by deletion may carry a new bill."""

    id: int
    serviceId: str
    customerNo: str
    name: str
    trxId: str
    amount: str
    expiresAt: datetime
    description: str | None
    state: VirtualAccountState
    createdAt: datetime
    updatedAt: datetime | None = None
    paidAt: datetime | None = None

    @property
    def digits(self) -> str:
        """What a payer types."""
        return f"{self.serviceId.strip()}{self.customerNo}"

    @property
    def number(self) -> str:
        """The number as it travels, padding included."""
        return f"{self.serviceId}{self.customerNo}"

    @property
    def paidStatus(self) -> str:
        """`Y` when paid or marked so."""
        return "Y" if self.state in {VirtualAccountState.PAID, VirtualAccountState.MARKED} else "N"

    def isExpired(self, at: datetime) -> bool:
        """Whether an account still unpaid has run out."""
        return self.state is VirtualAccountState.ACTIVE and at >= self.expiresAt

    def stateAt(self, at: datetime) -> str:
        """The state for people, with expiry spelled out."""
        return "expired" if self.isExpired(at) else str(self.state)

    def toNumberFields(self) -> JsonObject:
        """The three fields that name the account."""
        return {
            "partnerServiceId": self.serviceId,
            "customerNo": self.customerNo,
            "virtualAccountNo": self.number,
        }

    def toSnap(self) -> JsonObject:
        """The account as create, update and inquiry answer it."""
        amount: JsonValue = {"value": self.amount, "currency": "IDR"}
        fields: JsonObject = {
            **self.toNumberFields(),
            "virtualAccountName": self.name,
            "trxId": self.trxId,
            "totalAmount": amount,
            "expiredDate": toBodyTime(self.expiresAt),
        }
        if self.description is not None:
            fields["additionalInfo"] = {"description": self.description}
        if self.updatedAt is not None:
            fields["lastUpdateDate"] = toBodyTime(self.updatedAt)
        if self.paidAt is not None:
            fields["paymentDate"] = toBodyTime(self.paidAt)
        return fields
