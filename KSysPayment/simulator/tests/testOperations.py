from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from pydantic import JsonValue

from KSysPayment.simulator.clock import BankClock, jakartaDay
from KSysPayment.simulator.tests.merchantCaller import (
    CREATE_PATH,
    DELETE_PATH,
    INQUIRY_PATH,
    REPORT_PATH,
    STATUS_PATH,
    UPDATE_PATH,
    UPDATE_STATUS_PATH,
    JsonObject,
    MerchantCaller,
    digitsOf,
    numberOf,
    referenceOf,
)

OTHER_PREFIX = "   11111"


def codeOf(caller: MerchantCaller, method: str, path: str, content: JsonObject) -> str:
    response = caller.call(method, path, content)
    code: str = response.json()["responseCode"]
    assert code.startswith(str(response.status_code))
    return code


def changedAt(bill: JsonObject, path: str, value: JsonValue) -> JsonObject:
    """The bill with one field set, or taken away by None."""
    changed = deepcopy(bill)
    *objects, name = path.split(".")
    place = changed
    for step in objects:
        inner = place[step]
        assert isinstance(inner, dict)
        place = inner
    place[name] = value
    if value is None:
        del place[name]
    return changed


def reportOf(day: str, start: str = "00:00:00+07:00", end: str = "23:59:59+07:00") -> JsonObject:
    return {"partnerServiceId": "   22084", "startDate": day, "startTime": start, "endTime": end}


def testCreatingEchoesTheBill(caller: MerchantCaller) -> None:
    bill = caller.newBill()
    response = caller.call("POST", CREATE_PATH, bill)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert "x-timestamp" in response.headers
    assert response.json() == {
        "responseCode": "2002700",
        "responseMessage": "Successful",
        "virtualAccountData": bill,
    }


@pytest.mark.parametrize(
    "field",
    [
        "partnerServiceId",
        "customerNo",
        "virtualAccountNo",
        "virtualAccountName",
        "totalAmount",
        "totalAmount.value",
        "totalAmount.currency",
        "expiredDate",
        "trxId",
    ],
)
def testCreatingNeedsItsFields(caller: MerchantCaller, field: str) -> None:
    named = "totalAmount.value" if field == "totalAmount" else field
    for missing in (None, ""):
        if missing == "" and field == "totalAmount":
            continue
        content = caller.call("POST", CREATE_PATH, changedAt(caller.newBill(), field, missing)).json()
        assert content == {"responseCode": "4002702", "responseMessage": f"Invalid Mandatory Field {named}"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("partnerServiceId", "22084"),
        ("partnerServiceId", "00022o84"),
        ("partnerServiceId", "22084   "),
        ("customerNo", "12345678901234"),
        ("customerNo", "12a"),
        ("customerNo", 123),
        ("virtualAccountNo", "220842026011500001"),
        ("virtualAccountNo", "   22084999"),
        ("virtualAccountName", "x" * 256),
        ("virtualAccountName", "line\nbreak"),
        ("totalAmount", "12345.00"),
        ("totalAmount.value", "12345"),
        ("totalAmount.value", "12345.0"),
        ("totalAmount.value", "12,345.00"),
        ("totalAmount.value", "-1.00"),
        ("totalAmount.value", "0.00"),
        ("totalAmount.value", "12345678901234.00"),
        ("totalAmount.value", 12345.0),
        ("totalAmount.currency", "USD"),
        ("expiredDate", "2099-01-16T10:30:00"),
        ("expiredDate", "2099-01-16T10:30:00Z"),
        ("expiredDate", "2099-13-16T10:30:00+07:00"),
        ("expiredDate", "2020-01-16T10:30:00+07:00"),
        ("trxId", "x" * 65),
        ("trxId", "has space"),
        ("additionalInfo", "text"),
        ("additionalInfo.description", "x" * 256),
    ],
)
def testCreatingRefusesBadFormats(caller: MerchantCaller, field: str, value: JsonValue) -> None:
    content = caller.call("POST", CREATE_PATH, changedAt(caller.newBill(), field, value)).json()
    assert content["responseCode"] == "4002701"
    assert content["responseMessage"].startswith("Invalid Field Format ")
    if not field.startswith(("partnerServiceId", "customerNo")):
        assert content["responseMessage"].endswith(field)


def testABodyThatIsNoObjectIsABadRequest(caller: MerchantCaller) -> None:
    caller.fetchToken()
    for body in (b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"a":Infinity}'):
        response = caller.send("POST", CREATE_PATH, body, caller.headers("POST", CREATE_PATH, body))
        assert response.json()["responseCode"] == "4002700"


def testAnotherPartnersPrefixIsRefused(caller: MerchantCaller) -> None:
    bill = caller.newBill()
    foreign = {**bill, "partnerServiceId": OTHER_PREFIX, "virtualAccountNo": OTHER_PREFIX + str(bill["customerNo"])}
    assert codeOf(caller, "POST", CREATE_PATH, foreign) == "4042716"
    assert codeOf(caller, "POST", INQUIRY_PATH, referenceOf(foreign)) == "4043016"


def testOnlyClosedAmountsAreAllowed(caller: MerchantCaller) -> None:
    assert codeOf(caller, "POST", CREATE_PATH, {**caller.newBill(), "virtualAccountTrxType": "O"}) == "4032701"
    assert codeOf(caller, "POST", CREATE_PATH, {**caller.newBill(), "virtualAccountTrxType": "C"}) == "2002700"


def testANumberAndAReferenceAreTakenOnce(caller: MerchantCaller) -> None:
    bill = caller.create()
    assert codeOf(caller, "POST", CREATE_PATH, bill) == "4092701"
    assert codeOf(caller, "POST", CREATE_PATH, {**bill, "trxId": "ANOTHER"}) == "4092701"
    assert codeOf(caller, "POST", CREATE_PATH, {**caller.newBill(), "trxId": bill["trxId"]}) == "4092701"


def testADeletedNumberMayCarryANewBill(caller: MerchantCaller) -> None:
    bill = caller.create()
    assert codeOf(caller, "DELETE", DELETE_PATH, referenceOf(bill)) == "2003100"
    assert codeOf(caller, "POST", CREATE_PATH, bill) == "4092701"
    assert codeOf(caller, "POST", CREATE_PATH, {**bill, "trxId": "SECOND"}) == "2002700"


def testInquiryShowsTheBill(caller: MerchantCaller) -> None:
    bill = caller.create()
    content = caller.call("POST", INQUIRY_PATH, referenceOf(bill)).json()
    assert content["responseCode"] == "2003000"
    assert content["virtualAccountData"] == bill


def testAnUnknownNumberOrReferenceIsNotFound(caller: MerchantCaller) -> None:
    bill = caller.create()
    stranger = caller.newBill()
    for method, path, service in (("POST", INQUIRY_PATH, "30"), ("DELETE", DELETE_PATH, "31")):
        assert codeOf(caller, method, path, referenceOf(stranger)) == f"404{service}12"
        assert codeOf(caller, method, path, {**referenceOf(bill), "trxId": "OTHER"}) == f"404{service}12"
    assert codeOf(caller, "POST", STATUS_PATH, {**numberOf(stranger), "inquiryRequestId": "i"}) == "4042612"
    assert codeOf(caller, "PUT", UPDATE_PATH, stranger) == "4042812"
    assert codeOf(caller, "PUT", UPDATE_STATUS_PATH, {**referenceOf(stranger), "paidStatus": "Y"}) == "4042912"


def testUpdatingChangesTheBill(caller: MerchantCaller) -> None:
    bill = caller.create()
    changed: JsonObject = {**bill, "totalAmount": {"value": "99000.00", "currency": "IDR"}, "virtualAccountName": "Ayu"}
    content = caller.call("PUT", UPDATE_PATH, changed).json()
    assert content["responseCode"] == "2002800"
    data = content["virtualAccountData"]
    assert {name: data[name] for name in changed} == changed
    assert len(data["lastUpdateDate"]) == 25
    assert caller.pay(bill, "12345.00").status_code == 409
    assert caller.pay(bill, "99000.00").status_code == 200


def testDeletingEndsTheAccount(caller: MerchantCaller) -> None:
    bill = caller.create()
    content = caller.call("DELETE", DELETE_PATH, numberOf(bill)).json()
    assert content["responseCode"] == "2003100"
    assert content["virtualAccountData"] == numberOf(bill)
    assert codeOf(caller, "DELETE", DELETE_PATH, numberOf(bill)) == "4043112"
    assert codeOf(caller, "POST", INQUIRY_PATH, referenceOf(bill)) == "4043012"
    assert codeOf(caller, "POST", STATUS_PATH, {**numberOf(bill), "inquiryRequestId": "i"}) == "4042612"


def testStatusSaysWhetherItWasPaid(caller: MerchantCaller) -> None:
    bill = caller.create()
    question: JsonObject = {**numberOf(bill), "inquiryRequestId": "6f0c2a34-9d5b-4e0e-8f6a-2b7f4f0b9c11"}
    before = caller.call("POST", STATUS_PATH, question).json()
    assert before == {
        "responseCode": "2002600",
        "responseMessage": "Successful",
        "virtualAccountData": question,
        "additionalInfo": {"paidStatus": "N"},
    }
    assert caller.pay(bill).is_success
    assert caller.call("POST", STATUS_PATH, question).json()["additionalInfo"] == {"paidStatus": "Y"}


def testAPaidAccountCannotBeChanged(caller: MerchantCaller) -> None:
    bill = caller.create()
    assert caller.pay(bill).is_success
    assert codeOf(caller, "DELETE", DELETE_PATH, referenceOf(bill)) == "4043114"
    assert codeOf(caller, "PUT", UPDATE_PATH, bill) == "4042814"
    assert codeOf(caller, "PUT", UPDATE_STATUS_PATH, {**referenceOf(bill), "paidStatus": "N"}) == "4042914"
    assert codeOf(caller, "POST", CREATE_PATH, {**bill, "trxId": "AGAIN"}) == "4092701"
    shown = caller.call("POST", INQUIRY_PATH, referenceOf(bill)).json()
    assert len(shown["virtualAccountData"]["paymentDate"]) == 25


def testMarkingClosesAndReopensWithoutMoney(caller: MerchantCaller) -> None:
    bill = caller.create()
    content = caller.call("PUT", UPDATE_STATUS_PATH, {**referenceOf(bill), "paidStatus": "Y"}).json()
    assert content["responseCode"] == "2002900"
    assert content["virtualAccountData"]["additionalInfo"] == {"paidStatus": "Y"}
    assert caller.pay(bill).status_code == 409
    assert caller.control("GET", "/ledger").json()["items"] == []
    assert codeOf(caller, "PUT", UPDATE_STATUS_PATH, {**referenceOf(bill), "paidStatus": "N"}) == "2002900"
    assert caller.pay(bill).status_code == 200
    assert codeOf(caller, "PUT", UPDATE_STATUS_PATH, {**referenceOf(bill), "paidStatus": "X"}) == "4002901"


def testAnExpiredAccountSaysSo(caller: MerchantCaller) -> None:
    bill = caller.create(expiresIn=timedelta(minutes=2))
    assert caller.control("PUT", "/clock", {"offsetSeconds": 180}).is_success
    assert codeOf(caller, "POST", INQUIRY_PATH, referenceOf(bill)) == "4043019"
    assert codeOf(caller, "PUT", UPDATE_PATH, bill) == "4042819"
    assert codeOf(caller, "PUT", UPDATE_STATUS_PATH, {**referenceOf(bill), "paidStatus": "Y"}) == "4042919"
    assert codeOf(caller, "POST", STATUS_PATH, {**numberOf(bill), "inquiryRequestId": "i"}) == "2002600"
    assert caller.control("GET", "/virtual-accounts").json()["items"][0]["state"] == "expired"
    assert codeOf(caller, "DELETE", DELETE_PATH, referenceOf(bill)) == "2003100"


def testTheReportCarriesTheEvidence(caller: MerchantCaller) -> None:
    bill, unpaid = caller.create(), caller.create()
    paid = caller.pay(bill).json()
    content = caller.call("POST", REPORT_PATH, reportOf(jakartaDay(BankClock().now()))).json()
    assert content["responseCode"] == "2003500"
    (row,) = content["virtualAccountData"]
    assert row["virtualAccountNo"] == bill["virtualAccountNo"] != unpaid["virtualAccountNo"]
    assert row["paymentRequestId"] == paid["paymentRequestId"]
    assert row["trxId"] == bill["trxId"]
    assert row["paidAmount"] == row["totalAmount"] == {"value": "12345.00", "currency": "IDR"}
    assert (len(row["trxDateTime"]), len(row["referenceNo"]), len(row["journalNum"])) == (25, 12, 7)


def testTheReportFiltersToTheMinute(caller: MerchantCaller) -> None:
    bill = caller.create()
    assert caller.pay(bill).is_success
    at = caller.control("GET", "/ledger").json()["items"][0]["at"]
    booked = BankClock().now().fromisoformat(at).astimezone(BankClock().now().tzinfo)
    minute, earlier, later = (f"{booked + timedelta(minutes=shift):%H:%M}" for shift in (0, -1, 1))
    day = jakartaDay(booked)
    assert codeOf(caller, "POST", REPORT_PATH, reportOf(day, minute, minute)) == "2003500"
    if earlier < minute < later:
        assert codeOf(caller, "POST", REPORT_PATH, reportOf(day, "00:00:00+07:00", f"{earlier}:59+07:00")) == "4043501"
        assert codeOf(caller, "POST", REPORT_PATH, reportOf(day, f"{later}:00+07:00")) == "4043501"
    assert codeOf(caller, "POST", REPORT_PATH, reportOf(jakartaDay(booked - timedelta(days=1)))) == "4043501"


def testTheReportMayAskForOneCustomer(caller: MerchantCaller) -> None:
    first, second = caller.create(), caller.create()
    assert caller.pay(first).is_success
    assert caller.pay(second).is_success
    question: JsonObject = {
        **reportOf(jakartaDay(BankClock().now())),
        "additionalInfo": {"customerCode": second["customerNo"]},
    }
    (row,) = caller.call("POST", REPORT_PATH, question).json()["virtualAccountData"]
    assert row["virtualAccountNo"] == second["virtualAccountNo"]


def testTheReportRefusesBadWindows(caller: MerchantCaller) -> None:
    now = BankClock().now()
    today = jakartaDay(now)
    assert codeOf(caller, "POST", REPORT_PATH, reportOf(today, "10:00:00+07:00", "09:00:00+07:00")) == "4003501"
    assert codeOf(caller, "POST", REPORT_PATH, reportOf(today, "25:00:00+07:00")) == "4003501"
    assert codeOf(caller, "POST", REPORT_PATH, reportOf(today, "10:00:00Z")) == "4003501"
    assert codeOf(caller, "POST", REPORT_PATH, reportOf("2026-02-30")) == "4003501"
    assert codeOf(caller, "POST", REPORT_PATH, reportOf(jakartaDay(now + timedelta(days=1)))) == "4003501"
    assert codeOf(caller, "POST", REPORT_PATH, reportOf(jakartaDay(now - timedelta(days=61)))) == "4003501"
    assert codeOf(caller, "POST", REPORT_PATH, {**reportOf(today), "startDate": ""}) == "4003502"


def testARequestNumberUsedTwiceIsAConflict(caller: MerchantCaller) -> None:
    caller.create()
    body = b"{}"
    headers = caller.headers("POST", INQUIRY_PATH, body)
    assert caller.send("POST", INQUIRY_PATH, body, headers).json()["responseCode"] == "4003002"
    again = caller.send("POST", INQUIRY_PATH, body, headers)
    assert (again.status_code, again.json()["responseCode"]) == (409, "4093000")


def testBase64SignaturesAreAsGoodAsHex(caller: MerchantCaller) -> None:
    caller.encoding = "base64"
    try:
        bill = caller.create()
    finally:
        caller.encoding = "hex"
    assert digitsOf(bill) == caller.control("GET", "/virtual-accounts").json()["items"][0]["digits"]


def testOlderTokensStayGood(caller: MerchantCaller) -> None:
    caller.fetchToken()
    older = caller.token
    caller.fetchToken()
    assert caller.token != older
    caller.token = older
    caller.create()


def testUnknownOperationsAnswerInSnapShape(caller: MerchantCaller) -> None:
    response = caller.call("POST", "/snap/v1.1/qr/qr-mpm-generate", {})
    assert (response.status_code, response.json()["responseCode"]) == (404, "4040000")
    response = caller.call("GET", CREATE_PATH, {})
    assert (response.status_code, response.json()["responseCode"]) == (405, "4052700")
