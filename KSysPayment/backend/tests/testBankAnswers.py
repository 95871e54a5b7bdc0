"""What is made of the bank's answers, the strange ones above all: nothing is concluded from what does not fit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from KSysPayment.backend.domain.interfaces.bankCallLogInterface import BankCallLogInterface, ExternalIdSourceInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import (
    CloseAnswer,
    CreateAnswer,
    ExternalId,
    InquiryAnswer,
    VirtualAccountOrder,
)
from KSysPayment.backend.domain.models.bankCall import BankCall
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.virtualAccountNumber import VirtualAccountNumber
from KSysPayment.backend.domain.policies.jakartaCalendar import jakartaDay
from KSysPayment.backend.infrastructure.bri.briGateway import BriGateway
from KSysPayment.backend.infrastructure.bri.briOptions import BriOptions
from KSysPayment.backend.infrastructure.bri.briTokens import BriTokens
from KSysPayment.backend.infrastructure.bri.briTransport import BriTransport
from shared.backend.utils.clock import FixedClock
from shared.backend.utils.uuid import generateId

NOW: Final = datetime(2026, 11, 21, 5, tzinfo=UTC)
NUMBER: Final = VirtualAccountNumber.of("22084", "2026011500001")
OTHER: Final = "220849999999999999"
TOKEN: Final[Mapping[str, object]] = {"accessToken": "TheTokenOfTheBank", "tokenType": "Bearer", "expiresIn": "899"}
KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Numbers(ExternalIdSourceInterface):
    def __init__(self) -> None:
        self.given = 0

    async def next(self) -> ExternalId:
        self.given += 1
        return ExternalId(day=jakartaDay(NOW), value=f"{self.given:09d}")

    async def leap(self) -> None:
        self.given += 1000


class Log(BankCallLogInterface):
    """Keeps what a database could keep, and raises for what it could not."""

    def __init__(self) -> None:
        self.calls: list[BankCall] = []

    async def append(self, call: BankCall) -> None:
        for text in (call.responseCode, call.responseBody, call.requestBody):
            assert "\x00" not in (text or "")
            (text or "").encode()
        self.calls.append(call)

    async def lastAnswered(self, operation: str) -> datetime | None:
        return None


@dataclass
class Bank:
    """Answers every call with what the test put down; tokens are given unless the test says otherwise."""

    answer: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    token: object = field(default_factory=lambda: TOKEN)
    log: Log = field(default_factory=Log)

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/access-token/b2b"):
            return httpx.Response(200, content=json.dumps(self.token))
        return httpx.Response(self.status, content=json.dumps(self.answer))

    @property
    def gateway(self) -> BriGateway:
        options = BriOptions(
            baseUrl="http://bank.test",
            clientId="client",
            clientSecret=SecretStr("the secret of the merchant"),
            partnerId="PARTNER",
            channelId="00009",
            companyCode="22084",
        )
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.handle))
        clock = FixedClock(NOW)
        transport = BriTransport(http, options, self.log, clock)
        return BriGateway(transport, BriTokens(transport, options, KEY, clock), options, Numbers(), clock)


def ofAccount(code: str, /, **more: object) -> dict[str, object]:
    data = {"virtualAccountNo": NUMBER.padded, **more}
    return {"responseCode": code, "responseMessage": "Successful", "virtualAccountData": data}


PAID: Final[Mapping[str, object]] = {"additionalInfo": {"paidStatus": "Y"}}


async def testPaidAccountIsPaid() -> None:
    named = ofAccount("2002600", paymentRequestId=" R1 ", paidAmount={"value": "5000.00", "currency": "IDR"})
    status = await Bank({**named, **PAID}).gateway.inquireStatus(generateId(), NUMBER)
    assert (status.paid, status.bankReference) == (True, "R1")
    assert status.amount == Money(minorUnits=5000_00, currency="IDR")


@pytest.mark.parametrize("mark", ["Y", "N"])
async def testStatusOfAnotherAccountSaysNothingOfOurs(mark: str) -> None:
    answer = {**ofAccount("2002600", virtualAccountNo=OTHER), "additionalInfo": {"paidStatus": mark}}
    assert (await Bank(answer).gateway.inquireStatus(generateId(), NUMBER)).paid is None


@pytest.mark.parametrize(
    "more",
    [
        {"paymentRequestId": "R1", "paidAmount": {"value": "0.00", "currency": "IDR"}},
        {"paymentRequestId": "R1", "paidAmount": {"value": "5000.00", "currency": "USD"}},
        {"paymentRequestId": "R" * 129, "paidAmount": {"value": "5000.00", "currency": "IDR"}},
        {"paymentRequestId": "R\x00", "paidAmount": {"value": "5000.00", "currency": "IDR"}},
        {"paidAmount": {"value": "5000.00", "currency": "IDR"}},
    ],
)
async def testPaidWithoutAUsableMovementLeavesTheMovementToTheReport(more: dict[str, object]) -> None:
    status = await Bank({**ofAccount("2002600", **more), **PAID}).gateway.inquireStatus(generateId(), NUMBER)
    assert status.paid is True
    assert status.bankReference is None or status.amount is None


@pytest.mark.parametrize("mark", ["y", "n"])
async def testPaidMarkInSmallLettersInsideTheDataIsRead(mark: str) -> None:
    answer = ofAccount("2002600", additionalinfo={"PAIDSTATUS": mark})
    assert (await Bank(answer).gateway.inquireStatus(generateId(), NUMBER)).paid is (mark == "y")


@pytest.mark.parametrize("mark", [True, 1, "", "YES", None, ["Y"]])
async def testAnyOtherMarkIsNoAnswer(mark: object) -> None:
    answer = {**ofAccount("2002600"), "additionalInfo": {"paidStatus": mark}}
    assert (await Bank(answer).gateway.inquireStatus(generateId(), NUMBER)).paid is None


@pytest.mark.parametrize(
    ("status", "code"), [(200, "404{service}12"), (500, "404{service}12"), (404, "4042712"), (404, "4040012")]
)
async def testNotFoundIsBelievedOnlyFromTheRightServiceUnderItsOwnStatus(status: int, code: str) -> None:
    def answering(service: str) -> BriGateway:
        return Bank({"responseCode": code.format(service=service), "responseMessage": "x"}, status).gateway

    assert (await answering("26").inquireStatus(generateId(), NUMBER)).paid is None
    assert await answering("31").deleteVirtualAccount(generateId(), NUMBER, "trx") is CloseAnswer.UNKNOWN
    assert await answering("30").inquireVirtualAccount(generateId(), NUMBER, "trx") is InquiryAnswer.UNKNOWN
    assert await answering("35").report(NOW, NOW) is None


@pytest.mark.parametrize(
    ("trxId", "answer"),
    [("ours", InquiryAnswer.FOUND), (None, InquiryAnswer.FOUND), ("of somebody else", InquiryAnswer.UNKNOWN)],
)
async def testAccountOpenedUnderAnotherReferenceIsNotOurs(trxId: str | None, answer: InquiryAnswer) -> None:
    bank = Bank(ofAccount("2003000", trxId=trxId))
    assert await bank.gateway.inquireVirtualAccount(generateId(), NUMBER, "ours") is answer


ROW: Final[Mapping[str, object]] = {
    "virtualAccountNo": f"   {NUMBER.digits}",
    "paymentRequestId": "R1",
    "paidAmount": {"value": "5000.00", "currency": "IDR"},
    "trxDateTime": "2026-11-21T11:00:00+07:00",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"paymentRequestId": "R" * 129},
        {"paymentRequestId": "R\x00"},
        {"paymentRequestId": "\ud800"},
        {"virtualAccountNo": "1" * 29},
        {"virtualAccountNo": "abc"},
        {"virtualAccountNo": "\u0661\u0662"},
        {"virtualAccountNo": ""},
        {"paidAmount": {"value": "0.00", "currency": "IDR"}},
        {"paidAmount": {"value": "-5000.00", "currency": "IDR"}},
        {"paidAmount": {"value": "5000.00", "currency": "USD"}},
        {"paidAmount": {"value": "5.000", "currency": "IDR"}},
        {"paidAmount": "NaN"},
        {"paidAmount": None},
    ],
)
async def testUnreadableRowDoesNotKeepTheOthersFromBeingBooked(changes: dict[str, object]) -> None:
    rows: Sequence[object] = [{**ROW, **changes}, "no row", None, ROW]
    answer = {"responseCode": "2003500", "responseMessage": "Successful", "virtualAccountdata": rows}
    lines = await Bank(answer).gateway.report(NOW, NOW)
    assert lines is not None
    assert [(line.bankReference, line.amount.text) for line in lines] == [("R1", "5000.00")]


async def testARowWithoutTheNotificationsReferenceHasOneOfTheReport() -> None:
    """A journal number is short and comes again on another day: it names nothing without its time."""
    plain = {name: value for name, value in ROW.items() if name != "paymentRequestId"}
    rows = [{**plain, "referenceNo": "123", "journalNum": "7"}, {**plain, "journalNum": "7"}, plain]
    answer = {"responseCode": "2003500", "responseMessage": "Successful", "virtualAccountData": rows}
    lines = await Bank(answer).gateway.report(NOW, NOW)
    assert lines is not None
    assert [(line.bankReference, line.referenceKind.value) for line in lines] == [
        (f"report:{NUMBER.digits}:123", "derived"),
        (f"report:{NUMBER.digits}:7 2026-11-21T11:00:00+07:00", "derived"),
    ]


async def testAThousandRowsAreRead() -> None:
    rows = [{**ROW, "paymentRequestId": f"R{count}"} for count in range(1000)]
    answer = {"responseCode": "2003500", "responseMessage": "Successful", "virtualAccountData": rows}
    lines = await Bank(answer).gateway.report(NOW, NOW)
    assert lines is not None
    assert len({line.bankReference for line in lines}) == 1000


@pytest.mark.parametrize("expiresIn", ["9" * 30, 10**30, "-1", "0", "", None, "\u0669\u0669\u0669", "899.0", 899])
async def testATokenIsUsedWhateverIsSaidOfItsLife(expiresIn: object) -> None:
    bank = Bank(ofAccount("2003100"), token={**TOKEN, "expiresIn": expiresIn})
    assert await bank.gateway.deleteVirtualAccount(generateId(), NUMBER, "trx") is CloseAnswer.CLOSED


@pytest.mark.parametrize("token", ["", "line\nbreak", "kunci\u00e9", "\u0000", 7, "x" * 5_000])
async def testWhatNoHeaderCanCarryIsNoToken(token: object) -> None:
    bank = Bank(ofAccount("2003100"), token={**TOKEN, "accessToken": token})
    assert await bank.gateway.deleteVirtualAccount(generateId(), NUMBER, "trx") in set(CloseAnswer)


@pytest.mark.parametrize(
    "token",
    [TOKEN, {"data": TOKEN}, [TOKEN], {"AccessToken": TOKEN["accessToken"]}, {"access_token": TOKEN["accessToken"]}],
)
async def testNoTokenIsEverWrittenDown(token: object) -> None:
    bank = Bank(ofAccount("2003100"), token=token)
    await bank.gateway.deleteVirtualAccount(generateId(), NUMBER, "trx")
    kept = " ".join(f"{call.requestHeaders} {call.requestBody} {call.responseBody}" for call in bank.log.calls)
    assert str(TOKEN["accessToken"]) not in kept
    assert "the secret of the merchant" not in kept


async def testWordsOfTheBankThatNoDatabaseHoldsAreCleaned() -> None:
    order = VirtualAccountOrder(
        attemptId=generateId(),
        number=NUMBER,
        accountName="K",
        amount=Money(minorUnits=100, currency="IDR"),
        expiresAt=NOW,
        partnerReference="trx",
        description="x",
    )
    bank = Bank({"responseCode": "4\x00002700", "responseMessage": "a\x00b\ud800c"}, 400)
    result = await bank.gateway.createVirtualAccount(order)
    assert result.answer is CreateAnswer.UNKNOWN
    assert "\x00" not in f"{result.code}{result.message}"
    f"{result.code}{result.message}".encode()
