"""The simulator's own interface: what a payer does, what goes wrong, what the bank has seen."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from KSysPayment.simulator.bank import Bank
from KSysPayment.simulator.clock import BankClock
from KSysPayment.simulator.control.controlInputs import ClockInput, MerchantInput, OnlineAccountInput
from KSysPayment.simulator.control.controlOutputs import (
    ClockOutput,
    ExchangeListOutput,
    ExchangeOutput,
    FaultListOutput,
    FaultOutput,
    HealthOutput,
    LedgerEntryOutput,
    LedgerOutput,
    MerchantOutput,
    OnlineAccountListOutput,
    PayOutput,
    RefusalOutput,
    ResetOutput,
    VirtualAccountListOutput,
    VirtualAccountOutput,
)
from KSysPayment.simulator.control.faultInput import FaultInput
from KSysPayment.simulator.merchant.payInput import PayInput


def provideBank(request: Request) -> Bank:
    """The one bank of this program."""
    bank: Bank = request.state.bank
    return bank


BankDep = Annotated[Bank, Depends(provideBank)]
Digits = Annotated[str, Path(pattern=r"^\d{6,21}$", description="the number without spaces")]
Limit = Annotated[int, Query(ge=1, le=1000)]

healthRouter = APIRouter()
controlRouter = APIRouter(prefix="/simulator")


@healthRouter.get("/health/live", summary="Is the program up?")
async def readHealth(bank: BankDep) -> HealthOutput:
    return HealthOutput(instanceId=bank.settings.instanceId)


@controlRouter.post(
    "/virtual-accounts/{digits}/pay",
    summary="Pay a virtual account and tell the merchant",
    responses={HTTPStatus.NOT_FOUND: {"model": RefusalOutput}, HTTPStatus.CONFLICT: {"model": RefusalOutput}},
)
async def payVirtualAccount(digits: Digits, pay: PayInput, bank: BankDep) -> PayOutput:
    isOnline = bank.state.partner.isOnline(digits)
    result = await (bank.payOnlineAccount if isOnline else bank.payVirtualAccount).execute(digits, pay)
    return PayOutput.fromResult(result)


@controlRouter.get("/virtual-accounts", summary="The accounts, newest first")
async def listVirtualAccounts(bank: BankDep, limit: Limit = 50) -> VirtualAccountListOutput:
    now = bank.clock.now()
    accounts = bank.state.accounts.listAll(limit)
    return VirtualAccountListOutput(items=[VirtualAccountOutput.fromAccount(account, now) for account in accounts])


@controlRouter.put("/online-accounts", summary="Let the merchant host a number (BRIVA Online)")
async def registerOnlineAccount(account: OnlineAccountInput, bank: BankDep) -> OnlineAccountListOutput:
    bank.state.partner.registerOnline(account.digits)
    return OnlineAccountListOutput(items=bank.state.partner.listOnline())


@controlRouter.get("/exchanges", summary="Every call in both directions, newest first")
async def listExchanges(bank: BankDep, limit: Limit = 50, operation: str | None = None) -> ExchangeListOutput:
    exchanges = bank.state.exchanges.listNewest(limit, operation)
    return ExchangeListOutput(items=[ExchangeOutput.fromExchange(exchange) for exchange in exchanges])


@controlRouter.get("/ledger", summary="What the bank really did, oldest first")
async def readLedger(bank: BankDep) -> LedgerOutput:
    return LedgerOutput(items=[LedgerEntryOutput.fromEntry(entry) for entry in bank.state.payments.listEntries()])


@controlRouter.put("/faults", summary="Order a fault")
async def orderFault(fault: FaultInput, bank: BankDep) -> FaultListOutput:
    bank.state.faults.order(fault.toOrder())
    return toFaultList(bank)


@controlRouter.get("/faults", summary="The faults that still wait")
async def listFaults(bank: BankDep) -> FaultListOutput:
    return toFaultList(bank)


@controlRouter.put("/clock", summary="Let the bank's clock run ahead or behind")
async def setClock(clock: ClockInput, bank: BankDep) -> ClockOutput:
    bank.state.partner.setClockOffset(clock.offsetSeconds)
    bank.clock.offsetSeconds = clock.offsetSeconds
    return toClockOutput(bank.clock)


@controlRouter.put("/merchant", summary="Call the merchant at another base URL")
async def moveMerchant(merchant: MerchantInput, bank: BankDep) -> MerchantOutput:
    bank.state.partner.setMerchantBaseUrl(merchant.baseUrl)
    return MerchantOutput(baseUrl=merchant.baseUrl)


@controlRouter.post("/reset", summary="Forget faults, money, accounts and exchanges")
async def resetBank(bank: BankDep) -> ResetOutput:
    bank.reset()
    return ResetOutput()


def toFaultList(bank: Bank) -> FaultListOutput:
    """All orders that wait."""
    return FaultListOutput(items=[FaultOutput.fromOrder(ordered) for ordered in bank.state.faults.listAll()])


def toClockOutput(clock: BankClock) -> ClockOutput:
    """The bank's time now."""
    return ClockOutput(now=clock.now(), offsetSeconds=clock.offsetSeconds)
