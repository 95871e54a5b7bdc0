from __future__ import annotations

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from pydantic import Field

from KSysPayment.backend.application.output.paymentOutput import MoneyOutput
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import EntryView
from KSysPayment.backend.domain.models.ledger import AccountKind, LedgerAccount
from KSysPayment.backend.domain.models.money import Money
from shared.backend.utils.apiModel import OutputModel, Timestamp


class BalanceItemOutput(OutputModel):
    """What one account holds in the owner's favour."""

    account: str = Field(examples=["merchant.payable"])
    balance: MoneyOutput

    @classmethod
    def fromAccount(cls, account: LedgerAccount) -> Self:
        money = Money(minorUnits=account.balanceMinor, currency=account.currency)
        isOwed = account.kind in {AccountKind.LIABILITY, AccountKind.INCOME}
        return cls(account=account.code, balance=MoneyOutput.fromMoney(money.negated() if isOwed else money))


class BalanceOutput(OutputModel):
    items: Sequence[BalanceItemOutput]


class EntryOutput(OutputModel):
    """One line in the books: debit above zero, credit below."""

    id: UUID
    account: str
    amount: MoneyOutput
    journalId: UUID
    kind: str
    sourceType: str
    sourceId: UUID
    description: str
    postedAt: Timestamp

    @classmethod
    def fromView(cls, view: EntryView) -> Self:
        money = Money(minorUnits=view.entry.amountMinor, currency=view.entry.currency)
        return cls(
            id=view.entry.id,
            account=view.accountCode,
            amount=MoneyOutput.fromMoney(money),
            journalId=view.journal.id,
            kind=view.journal.kind,
            sourceType=view.journal.sourceType,
            sourceId=view.journal.sourceId,
            description=view.journal.description,
            postedAt=view.entry.postedAt,
        )
