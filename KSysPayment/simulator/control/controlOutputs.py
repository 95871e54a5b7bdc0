"""What the control interface shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from KSysPayment.simulator.merchant.outboundCall import MerchantAnswer
from KSysPayment.simulator.merchant.payVirtualAccountService import PayResult
from KSysPayment.simulator.state.exchange import Exchange
from KSysPayment.simulator.state.fault import OrderedFault
from KSysPayment.simulator.state.payment import LedgerEntry
from KSysPayment.simulator.state.virtualAccount import VirtualAccount

UtcTime = Annotated[datetime, AfterValidator(lambda at: at.astimezone(UTC))]


class HealthOutput(BaseModel):
    """The program is up."""

    status: str = "alive"
    instanceId: str


class AnswerOutput(BaseModel):
    """What the merchant said to one call; `status` is nothing when it said nothing."""

    status: int | None
    responseCode: str
    reason: str

    @classmethod
    def fromAnswer(cls, answer: MerchantAnswer) -> AnswerOutput:
        """From the bank's side of it."""
        return cls(status=answer.status, responseCode=answer.responseCode, reason=answer.reason)


class PayOutput(BaseModel):
    """The payer's money has moved; `outcome` says where to."""

    paymentRequestId: str
    outcome: str
    answers: list[AnswerOutput]

    @classmethod
    def fromResult(cls, result: PayResult) -> PayOutput:
        """From the use case's result."""
        return cls(
            paymentRequestId=result.paymentRequestId,
            outcome=result.outcome.value,
            answers=[AnswerOutput.fromAnswer(answer) for answer in result.answers],
        )


class ExchangeOutput(BaseModel):
    """One logged call."""

    id: int
    direction: str
    operation: str
    method: str
    url: str
    requestHeaders: dict[str, str]
    requestBody: str
    status: int | None
    responseHeaders: dict[str, str]
    responseBody: str | None
    verdict: str
    reason: str
    expectedStringToSign: str | None
    fault: str | None
    at: UtcTime
    durationMs: float | None

    @classmethod
    def fromExchange(cls, exchange: Exchange) -> ExchangeOutput:
        """From the log."""
        return cls(
            id=exchange.id,
            direction=exchange.direction.value,
            operation=exchange.operation,
            method=exchange.method,
            url=exchange.url,
            requestHeaders=dict(exchange.requestHeaders),
            requestBody=exchange.requestBody,
            status=exchange.status,
            responseHeaders=dict(exchange.responseHeaders),
            responseBody=exchange.responseBody,
            verdict=exchange.verdict.value,
            reason=exchange.reason,
            expectedStringToSign=exchange.stringToSign,
            fault=exchange.fault,
            at=exchange.at,
            durationMs=exchange.durationMs,
        )


class ExchangeListOutput(BaseModel):
    """The newest first."""

    items: list[ExchangeOutput]


class LedgerEntryOutput(BaseModel):
    """One line of the bank's truth; `virtualAccountNo` is padded as SNAP wants it, `digits` is not."""

    kind: str
    virtualAccountNo: str
    digits: str
    amount: str
    paymentRequestId: str
    at: UtcTime

    @classmethod
    def fromEntry(cls, entry: LedgerEntry) -> LedgerEntryOutput:
        """From the ledger."""
        return cls(
            kind=entry.kind.value,
            virtualAccountNo=entry.virtualAccountNo,
            digits=entry.digits,
            amount=entry.amount,
            paymentRequestId=entry.paymentRequestId,
            at=entry.at,
        )


class LedgerOutput(BaseModel):
    """The oldest first."""

    items: list[LedgerEntryOutput]


class VirtualAccountOutput(BaseModel):
    """One account as the bank keeps it."""

    digits: str
    virtualAccountNo: str
    name: str
    trxId: str
    amount: str
    state: str
    expiresAt: UtcTime
    paidAt: UtcTime | None

    @classmethod
    def fromAccount(cls, account: VirtualAccount, at: datetime) -> VirtualAccountOutput:
        """From the account, with expiry spelled out."""
        return cls(
            digits=account.digits,
            virtualAccountNo=account.number,
            name=account.name,
            trxId=account.trxId,
            amount=account.amount,
            state=account.stateAt(at),
            expiresAt=account.expiresAt,
            paidAt=account.paidAt,
        )


class VirtualAccountListOutput(BaseModel):
    """The newest first."""

    items: list[VirtualAccountOutput]


class FaultOutput(BaseModel):
    """One fault that still waits."""

    operation: str
    fault: str
    times: int
    delaySeconds: float | None
    responseCode: str | None

    @classmethod
    def fromOrder(cls, ordered: OrderedFault) -> FaultOutput:
        """From the order."""
        return cls(
            operation=ordered.operation,
            fault=ordered.fault.value,
            times=ordered.times,
            delaySeconds=ordered.delaySeconds,
            responseCode=ordered.responseCode,
        )


class FaultListOutput(BaseModel):
    """In the order in which they will show."""

    items: list[FaultOutput]


class OnlineAccountListOutput(BaseModel):
    """Numbers the merchant hosts."""

    items: list[str]


class ClockOutput(BaseModel):
    """The bank's time."""

    now: UtcTime
    offsetSeconds: float


class MerchantOutput(BaseModel):
    """Where the bank calls the merchant."""

    baseUrl: str


class RefusalOutput(BaseModel):
    """Why no money moved."""

    code: str = Field(examples=["wrongAmount"])
    detail: str


class ResetOutput(BaseModel):
    """The bank has forgotten."""

    status: str = "reset"
