from __future__ import annotations

from pydantic import Field

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import PaymentFilter
from KSysPayment.backend.domain.models.statuses import PaymentMethod, PaymentStatus
from shared.backend.utils.apiModel import InputModel, Timestamp
from shared.backend.utils.paging import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT, PageInput


class ListPaymentsInput(InputModel):
    """Which payments, newest first; `createdTo` is not included."""

    status: PaymentStatus | None = None
    method: PaymentMethod | None = None
    reference: str | None = Field(default=None, pattern=r"^[\x21-\x7e]{1,64}$")
    createdFrom: Timestamp | None = None
    createdTo: Timestamp | None = None
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=MAX_CURSOR_LENGTH)

    @property
    def chosen(self) -> PaymentFilter:
        return PaymentFilter(
            status=self.status,
            method=self.method,
            reference=self.reference,
            createdFrom=self.createdFrom,
            createdTo=self.createdTo,
        )

    @property
    def page(self) -> PageInput:
        return PageInput(limit=self.limit, cursor=self.cursor)
