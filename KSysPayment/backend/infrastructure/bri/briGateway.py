from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from KSysPayment.backend.domain.interfaces.bankCallLogInterface import ExternalIdSourceInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import (
    CloseAnswer,
    CreateAnswer,
    CreateResult,
    ExternalId,
    InquiryAnswer,
    PaymentGatewayInterface,
    ReportLine,
    StatusResult,
    VirtualAccountOrder,
)
from KSysPayment.backend.domain.models.bankCall import CallOutcome
from KSysPayment.backend.domain.models.receipt import ReferenceKind
from KSysPayment.backend.domain.models.virtualAccountNumber import SERVICE_ID_LENGTH, VirtualAccountNumber
from KSysPayment.backend.domain.policies.jakartaCalendar import JAKARTA, jakartaDay
from KSysPayment.backend.infrastructure.bri.briOptions import (
    CREATE_VA,
    DELETE_VA,
    INQUIRY_STATUS,
    INQUIRY_VA,
    REPORT,
    BriOptions,
    Operation,
)
from KSysPayment.backend.infrastructure.bri.briTokens import BriTokens
from KSysPayment.backend.infrastructure.bri.briTransport import BriReply, BriRequest, BriTransport
from KSysPayment.backend.infrastructure.bri.jsonBody import Json, elementsOf, member, textOf, toBytes
from KSysPayment.backend.infrastructure.bri.movement import accountOf, paidAmountOf, referenceOf
from KSysPayment.backend.infrastructure.bri.responseTable import (
    ALREADY_PAID,
    EXISTS_ALREADY,
    EXPIRED,
    NOT_FOUND,
    NUMBER_REUSED,
)
from KSysPayment.backend.infrastructure.bri.snapSignature import (
    readTime,
    signHmac,
    toBodyTime,
    toHeaderTime,
    transactionStringToSign,
)
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

logger = SystemLogger("payment")

NO_TOKEN = BriReply(failure="the bank gave no access token")


class BriGateway(PaymentGatewayInterface):
    """BRIVA WS: virtual accounts the bank hosts for us."""

    def __init__(
        self,
        transport: BriTransport,
        tokens: BriTokens,
        options: BriOptions,
        externalIds: ExternalIdSourceInterface,
        clock: ClockInterface,
    ) -> None:
        self._transport, self._tokens, self._options = transport, tokens, options
        self._externalIds, self._clock = externalIds, clock

    @property
    def bankAccount(self) -> str:
        return self._options.bankAccount

    async def createVirtualAccount(
        self, order: VirtualAccountOrder, externalId: ExternalId | None = None
    ) -> CreateResult:
        body = {
            **_numberFields(order.number),
            "virtualAccountName": order.accountName,
            "totalAmount": {"value": order.amount.text, "currency": order.amount.currency},
            "expiredDate": toBodyTime(order.expiresAt),
            "trxId": order.partnerReference,
            "additionalInfo": {"description": order.description},
        }
        reply = await self._call(
            CREATE_VA, body, order.attemptId, timeoutSeconds=self._options.createSeconds, externalId=externalId
        )
        return CreateResult(
            answer=_createAnswer(reply, order.partnerReference),
            code=reply.code[:16] or None,
            message=reply.message or None,
        )

    async def inquireVirtualAccount(
        self, attemptId: UUID, number: VirtualAccountNumber, partnerReference: str
    ) -> InquiryAnswer:
        body = {**_numberFields(number), "trxId": partnerReference}
        reply = await self._call(INQUIRY_VA, body, attemptId)
        if reply.case in NOT_FOUND:
            return InquiryAnswer.ABSENT
        data = member(reply.content, "virtualAccountData")
        isOurs = accountOf(textOf(data, "virtualAccountNo")) == number.digits and textOf(data, "trxId") in {
            "",
            partnerReference,
        }
        return InquiryAnswer.FOUND if reply.outcome is CallOutcome.OK and isOurs else InquiryAnswer.UNKNOWN

    async def inquireStatus(self, attemptId: UUID, number: VirtualAccountNumber) -> StatusResult:
        body = {**_numberFields(number), "inquiryRequestId": str(generateId())}
        reply = await self._call(INQUIRY_STATUS, body, attemptId)
        return _readStatus(reply, number)

    async def deleteVirtualAccount(
        self, attemptId: UUID, number: VirtualAccountNumber, partnerReference: str
    ) -> CloseAnswer:
        body = {**_numberFields(number), "trxId": partnerReference}
        reply = await self._call(DELETE_VA, body, attemptId)
        if reply.outcome is CallOutcome.OK or reply.case in NOT_FOUND or reply.case == EXPIRED:
            return CloseAnswer.CLOSED
        return CloseAnswer.PAID if reply.case == ALREADY_PAID else CloseAnswer.UNKNOWN

    async def report(self, since: datetime, until: datetime) -> Sequence[ReportLine] | None:
        body = {
            "partnerServiceId": self._options.companyCode.rjust(SERVICE_ID_LENGTH),
            "startDate": jakartaDay(since).isoformat(),
            "startTime": _dayTime(since),
            "endTime": _dayTime(until),
        }
        reply = await self._call(REPORT, body, None)
        if reply.case in NOT_FOUND:
            return []
        if reply.outcome is not CallOutcome.OK:
            return None
        rows = elementsOf(member(reply.content, "virtualAccountData"))
        lines = [line for row in rows if (line := _readLine(row)) is not None]
        if len(lines) < len(rows):
            logger.error.error("bank.reportRowsUnreadable", "rows name no usable movement", rows=len(rows) - len(lines))
        return lines

    async def _call(
        self,
        operation: Operation,
        body: Mapping[str, object],
        attemptId: UUID | None,
        *,
        timeoutSeconds: int | None = None,
        externalId: ExternalId | None = None,
    ) -> BriReply:
        """
        One signed call; a refused token is renewed and the call made once more under a new number.

        A number the bank has seen today leaves the outcome unknown: whoever asked asks again, far ahead.
        """
        timeout = timeoutSeconds or self._options.totalSeconds
        raw = toBytes(body)
        token = await self._tokens.get(timeout)
        if token is None:
            return NO_TOKEN
        number = externalId or await self._externalIds.next()
        reply = await self._transport.send(self._signed(operation, raw, token, number, attemptId, timeout))
        if reply.case == NUMBER_REUSED:
            await self._externalIds.leap()
        if not reply.isTokenRefused:
            return reply
        self._tokens.discard(token)
        renewed = await self._tokens.get(timeout)
        if renewed is None:
            return NO_TOKEN
        again = await self._externalIds.next()
        return await self._transport.send(self._signed(operation, raw, renewed, again, attemptId, timeout))

    def _signed(
        self,
        operation: Operation,
        raw: bytes,
        token: str,
        externalId: ExternalId,
        attemptId: UUID | None,
        timeoutSeconds: int,
    ) -> BriRequest:
        timestamp = toHeaderTime(self._clock.now())
        text = transactionStringToSign(operation.method, self._options.pathOf(operation), token, raw, timestamp)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": signHmac(
                self._options.clientSecret.get_secret_value(), text, self._options.signatureEncoding
            ),
            "X-PARTNER-ID": self._options.partnerId,
            "CHANNEL-ID": self._options.channelId,
            "X-EXTERNAL-ID": externalId.value,
        }
        return BriRequest(
            operation=operation,
            headers=headers,
            body=raw,
            attemptId=attemptId,
            externalId=externalId,
            timeoutSeconds=timeoutSeconds,
        )


def _numberFields(number: VirtualAccountNumber) -> dict[str, object]:
    return {
        "partnerServiceId": number.partnerServiceId,
        "customerNo": number.customerNo,
        "virtualAccountNo": number.padded,
    }


def _createAnswer(reply: BriReply, partnerReference: str) -> CreateAnswer:
    if reply.case == EXISTS_ALREADY:
        return CreateAnswer.EXISTS
    match reply.outcome:
        case CallOutcome.OK:
            echoed = textOf(member(reply.content, "virtualAccountData"), "trxId")
            return CreateAnswer.OPENED if echoed in {"", partnerReference} else CreateAnswer.UNKNOWN
        case CallOutcome.REJECTED:
            return CreateAnswer.REFUSED
        case CallOutcome.UNKNOWN:
            return CreateAnswer.UNKNOWN


def _readStatus(reply: BriReply, number: VirtualAccountNumber) -> StatusResult:
    """`paidStatus` stands beside or inside virtualAccountData; an account the bank does not know was not paid."""
    if reply.case in NOT_FOUND or reply.case == EXPIRED:
        return StatusResult(paid=False)
    if reply.case == ALREADY_PAID:
        return StatusResult(paid=True)
    data = member(reply.content, "virtualAccountData")
    isOurs = accountOf(textOf(data, "virtualAccountNo")) in {"", number.digits}
    places: tuple[Json, ...] = (member(reply.content, "additionalInfo"), member(data, "additionalInfo"), data)
    mark = next((text for place in places if (text := textOf(place, "paidStatus"))), "").upper()
    if reply.outcome is not CallOutcome.OK or not isOurs or mark not in {"Y", "N"}:
        return StatusResult(paid=None)
    return StatusResult(
        paid=mark == "Y",
        bankReference=referenceOf(textOf(data, "paymentRequestId")) or None,
        amount=paidAmountOf(member(data, "paidAmount")),
        bankTime=readTime(textOf(data, "trxDateTime") or textOf(data, "transactionDate")),
    )


def _readLine(row: Json) -> ReportLine | None:
    """One row, or None for one that names no account, movement or amount."""
    amount = paidAmountOf(member(row, "paidAmount"))
    named, account = textOf(row, "paymentRequestId"), accountOf(_accountNoIn(row))
    reference = referenceOf(named or _ownReferenceOf(row, account))
    if amount is None or not reference or not account:
        return None
    return ReportLine(
        virtualAccountNo=account,
        bankReference=reference,
        referenceKind=ReferenceKind.BANK if named else ReferenceKind.DERIVED,
        amount=amount,
        bankTime=readTime(textOf(row, "trxDateTime")),
    )


def _ownReferenceOf(row: Json, account: str) -> str:
    """The report's own number for a movement; journal numbers are short and come again, so the time goes with them."""
    number, journal = textOf(row, "referenceNo"), textOf(row, "journalNum")
    if not number and not journal:
        return ""
    return f"report:{account}:{number or journal + ' ' + textOf(row, 'trxDateTime')}"


def _accountNoIn(row: Json) -> str:
    return textOf(row, "virtualAccountNo") or textOf(row, "partnerServiceId") + textOf(row, "customerNo")


def _dayTime(at: datetime) -> str:
    return at.astimezone(JAKARTA).strftime("%H:%M:%S+07:00")
