"""Report (35): what was paid into the partner's accounts during part of one day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final

from KSysPayment.simulator.clock import JAKARTA, BankClock, toBodyTime
from KSysPayment.simulator.operations.accountLookup import AccountLookup
from KSysPayment.simulator.operations.snapOperation import SnapOperation
from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import INVALID_FORMAT, TRANSACTION_NOT_FOUND, JsonObject, SnapRefusedError
from KSysPayment.simulator.snap.fields import DATE, DIGITS, SERVICE_ID, FieldRule, textAt
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.payment import BankPayment

DAYS_BACK: Final = 60
DAY_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}\+07:00)?")


@dataclass(frozen=True)
class ReportWindow:
    """From the first to the last minute, both included."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a booking falls into the window, to the minute."""
        return self.start <= at.astimezone(JAKARTA).replace(second=0, microsecond=0) <= self.end


class Report(SnapOperation):
    """Lists payments by booking time; a day without any is refused as not found (a setting can change that)."""

    name = "report"
    serviceCode = "35"
    method = "POST"
    path = "/snap/v1.0/transfer-va/report"
    fields: ClassVar = (
        FieldRule("partnerServiceId", 8, SERVICE_ID, exact=True),
        FieldRule("startDate", 10, DATE),
        FieldRule("startTime", 14, DAY_TIME),
        FieldRule("endTime", 14, DAY_TIME),
        FieldRule("additionalInfo.customerCode", 13, DIGITS, mandatory=False),
    )

    def __init__(self, lookup: AccountLookup, settings: SimulatorSettings, state: BankState, clock: BankClock) -> None:
        self._lookup = lookup
        self._settings = settings
        self._state = state
        self._clock = clock

    def execute(self, body: JsonObject) -> JsonObject:
        """The payments of the window, oldest first."""
        self._lookup.ensureOwnPrefix(body)
        window = readWindow(body, self._clock.now())
        customerNo = textAt(body, "additionalInfo.customerCode")
        found = [
            payment
            for payment in self._state.payments.listOfService(textAt(body, "partnerServiceId"))
            if window.holds(payment.at) and customerNo in ("", payment.customerNo)
        ]
        if not found and self._settings.emptyReport == "notFound":
            raise SnapRefusedError(TRANSACTION_NOT_FOUND)
        return {"virtualAccountData": [toReportRow(payment) for payment in found]}


def readWindow(body: JsonObject, now: datetime) -> ReportWindow:
    """The asked window, inside one of the last sixty days."""
    try:
        day = date.fromisoformat(textAt(body, "startDate"))
    except ValueError as error:
        raise SnapRefusedError(INVALID_FORMAT, "startDate") from error
    today = now.astimezone(JAKARTA).date()
    if not today - timedelta(days=DAYS_BACK) <= day <= today:
        raise SnapRefusedError(INVALID_FORMAT, "startDate")
    start, end = readMoment(body, "startTime", day), readMoment(body, "endTime", day)
    if end < start:
        raise SnapRefusedError(INVALID_FORMAT, "endTime")
    return ReportWindow(start, end)


def readMoment(body: JsonObject, field: str, day: date) -> datetime:
    """A time of the day, cut to its minute."""
    text = textAt(body, field)
    try:
        moment = time(int(text[0:2]), int(text[3:5]))
    except ValueError as error:
        raise SnapRefusedError(INVALID_FORMAT, field) from error
    return datetime.combine(day, moment, tzinfo=JAKARTA)


def toReportRow(payment: BankPayment) -> JsonObject:
    """One line; its paymentRequestId is the one the notification carried."""
    return {
        "partnerServiceId": payment.serviceId,
        "customerNo": payment.customerNo,
        "virtualAccountNo": payment.number,
        "virtualAccountName": payment.name,
        "trxId": payment.trxId,
        "paymentRequestId": payment.paymentRequestId,
        "paidAmount": {"value": payment.amount, "currency": "IDR"},
        "totalAmount": {"value": payment.billAmount, "currency": "IDR"},
        "trxDateTime": toBodyTime(payment.at),
        "referenceNo": payment.referenceNo,
        "journalNum": payment.journalNo,
        "sourceBankCode": "002",
        "additionalInfo": {"terminalId": payment.terminalId},
    }
