from __future__ import annotations

import json
import time

import httpx
import pytest
from pydantic import JsonValue

from KSysPayment.simulator.tests.merchantCaller import (
    CREATE_PATH,
    DELETE_PATH,
    INQUIRY_PATH,
    REPORT_PATH,
    STATUS_PATH,
    TOKEN_PATH,
    UPDATE_STATUS_PATH,
    JsonObject,
    MerchantCaller,
    numberOf,
    referenceOf,
)
from KSysPayment.simulator.tests.merchantStandIn import NOTIFY_PATH, MerchantStandIn


def isStanding(caller: MerchantCaller, bill: JsonObject) -> bool:
    return caller.call("POST", INQUIRY_PATH, referenceOf(bill)).is_success


def testDroppedBeforeMeansNotDone(caller: MerchantCaller) -> None:
    caller.create()
    caller.fault("createVa", "dropBeforeProcessing")
    bill = caller.newBill()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        caller.call("POST", CREATE_PATH, bill)
    assert not isStanding(caller, bill)


def testDroppedAfterMeansDone(caller: MerchantCaller) -> None:
    caller.create()
    caller.fault("createVa", "dropAfterProcessing")
    bill = caller.newBill()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        caller.call("POST", CREATE_PATH, bill)
    assert isStanding(caller, bill)
    logged = caller.control("GET", "/exchanges?operation=createVa").json()["items"][0]
    assert (logged["status"], logged["fault"], logged["verdict"]) == (None, "dropAfterProcessing", "accepted")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("errorAfterProcessing", 500, "5002700"),
        ("unlistedCode", 403, "4032798"),
    ],
)
def testABadAnswerMayHideADoneThing(caller: MerchantCaller, fault: str, status: int, code: str) -> None:
    caller.fault("createVa", fault)
    bill = caller.newBill()
    response = caller.call("POST", CREATE_PATH, bill)
    assert (response.status_code, response.json()["responseCode"]) == (status, code)
    assert isStanding(caller, bill)


def testTheUnlistedCodeMayBeChosen(caller: MerchantCaller) -> None:
    caller.fault("createVa", "unlistedCode", responseCode="2002777")
    response = caller.call("POST", CREATE_PATH, caller.newBill())
    assert (response.status_code, response.json()["responseCode"]) == (200, "2002777")


def testEmptyHtmlAndPrettyAnswersHideADoneThing(caller: MerchantCaller) -> None:
    bodies: dict[str, str] = {}
    for fault in ("emptyBody", "htmlBody", "prettyBody"):
        bill = caller.newBill()
        caller.fault("createVa", fault)
        response = caller.call("POST", CREATE_PATH, bill)
        assert response.status_code == 200
        bodies[fault] = response.text
        assert isStanding(caller, bill)
    assert bodies["emptyBody"] == ""
    assert bodies["htmlBody"].startswith("<!DOCTYPE html>")
    assert '{\n  "responseCode": "2002700"' in bodies["prettyBody"]


def testTheTokenIsReallyRevoked(caller: MerchantCaller) -> None:
    bill = caller.create()
    caller.fault("inquiryVa", "tokenInvalid")
    assert caller.call("POST", INQUIRY_PATH, referenceOf(bill)).json()["responseCode"] == "4013001"
    assert caller.call("POST", STATUS_PATH, {**numberOf(bill), "inquiryRequestId": "i"}).status_code == 401
    caller.fetchToken()
    assert isStanding(caller, bill)


def testARightSignatureMayBeCalledWrong(caller: MerchantCaller) -> None:
    bill = caller.newBill()
    caller.fault("createVa", "wrongSignature")
    assert caller.call("POST", CREATE_PATH, bill).json()["responseCode"] == "4012700"
    assert not isStanding(caller, bill)


def testALateReplyIsDoneAtOnce(caller: MerchantCaller) -> None:
    bill = caller.newBill()
    caller.fault("createVa", "replyLate", delaySeconds=1.5)
    with pytest.raises(httpx.ReadTimeout):
        caller.call("POST", CREATE_PATH, bill, timeout=0.5)
    assert isStanding(caller, bill)


def testALateCallIsDoneLater(caller: MerchantCaller) -> None:
    bill = caller.newBill()
    caller.fault("createVa", "late", delaySeconds=1.0)
    with pytest.raises(httpx.ReadTimeout):
        caller.call("POST", CREATE_PATH, bill, timeout=0.3)
    assert not isStanding(caller, bill)
    time.sleep(1.2)
    assert isStanding(caller, bill)


def testALostCallIsNeverDone(caller: MerchantCaller) -> None:
    bill = caller.newBill()
    caller.fault("createVa", "lost", delaySeconds=0.3)
    with pytest.raises(httpx.RemoteProtocolError):
        caller.call("POST", CREATE_PATH, bill)
    assert not isStanding(caller, bill)


def testADuplicatedCallAnswersForTheSecondCopy(caller: MerchantCaller) -> None:
    bill = caller.newBill()
    caller.fault("createVa", "duplicate")
    assert caller.call("POST", CREATE_PATH, bill).json()["responseCode"] == "4092701"
    assert isStanding(caller, bill)


@pytest.mark.parametrize("operation", ["inquiryVa", "*"])
def testAnswersMayNameAnotherAmount(caller: MerchantCaller, operation: str) -> None:
    bill = caller.create()
    caller.fault(operation, "amountMismatch")
    assert caller.call("POST", STATUS_PATH, {**numberOf(bill), "inquiryRequestId": "i"}).is_success
    data = caller.call("POST", INQUIRY_PATH, referenceOf(bill)).json()["virtualAccountData"]
    assert data["totalAmount"]["value"] == "12346.00"
    data = caller.call("POST", INQUIRY_PATH, referenceOf(bill)).json()["virtualAccountData"]
    assert data["totalAmount"]["value"] == "12345.00"


def testTheTokenRequestMayFailToo(caller: MerchantCaller) -> None:
    caller.fault("accessToken", "errorAfterProcessing")
    assert caller.fetchToken().json()["responseCode"] == "5007300"
    caller.fault("accessToken", "dropBeforeProcessing")
    with pytest.raises(httpx.RemoteProtocolError):
        caller.fetchToken()
    assert caller.fetchToken().is_success
    assert TOKEN_PATH in caller.control("GET", "/exchanges?operation=accessToken").json()["items"][0]["url"]


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [
        ("updateStatus", "PUT", UPDATE_STATUS_PATH),
        ("deleteVa", "DELETE", DELETE_PATH),
        ("inquiryStatus", "POST", STATUS_PATH),
        ("report", "POST", REPORT_PATH),
    ],
)
def testEveryOperationShowsFaults(caller: MerchantCaller, operation: str, method: str, path: str) -> None:
    bill = caller.create()
    caller.fault(operation, "htmlBody")
    response = caller.call(method, path, {**referenceOf(bill), "paidStatus": "Y", "inquiryRequestId": "i"})
    assert response.headers["content-type"].startswith("text/html")


def testFaultsCountDownInTheirOrder(caller: MerchantCaller) -> None:
    bill = caller.create()
    caller.fault("inquiryVa", "unlistedCode", times=2)
    caller.fault("*", "emptyBody")
    waiting = caller.control("GET", "/faults").json()["items"]
    assert [(item["operation"], item["fault"], item["times"]) for item in waiting] == [
        ("inquiryVa", "unlistedCode", 2),
        ("*", "emptyBody", 1),
    ]
    answers = [caller.call("POST", INQUIRY_PATH, referenceOf(bill)) for _ in range(4)]
    assert [(answer.status_code, bool(answer.text)) for answer in answers] == [
        (403, True),
        (403, True),
        (200, False),
        (200, True),
    ]
    assert caller.control("GET", "/faults").json()["items"] == []


def testAnOrderCanBeTakenBack(caller: MerchantCaller) -> None:
    bill = caller.create()
    caller.fault("inquiryVa", "unlistedCode", times=5)
    caller.fault("inquiryVa", "unlistedCode", times=0)
    assert isStanding(caller, bill)


@pytest.mark.parametrize(
    "order",
    [
        {"operation": "teleport", "fault": "lost"},
        {"operation": "qrGenerate", "fault": "lost"},
        {"operation": "createVa", "fault": "explode"},
        {"operation": "notify", "fault": "replyLate"},
        {"operation": "notify", "fault": "numericCode"},
        {"operation": "createVa", "fault": "headerCase"},
        {"operation": "accessToken", "fault": "plainAmounts"},
        {"operation": "deleteVa", "fault": "amountMismatch"},
        {"operation": "createVa", "fault": "lost", "times": -1},
        {"operation": "createVa", "fault": "lost", "often": 2},
        {"fault": "lost"},
    ],
)
def testWhatCannotHappenIsRefused(caller: MerchantCaller, order: dict[str, JsonValue]) -> None:
    assert caller.control("PUT", "/faults", order).status_code == 422
    assert caller.control("GET", "/faults").json()["items"] == []


def testALostNotificationLeavesTheMoney(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    bill = caller.create()
    caller.fault("notify", "lost")
    assert caller.pay(bill).json()["answers"] == []
    assert merchant.received == []
    assert len(caller.control("GET", "/ledger").json()["items"]) == 1
    status = caller.call("POST", STATUS_PATH, {**numberOf(bill), "inquiryRequestId": "i"}).json()
    assert status["additionalInfo"]["paidStatus"] == "Y"


def testALateNotificationComesLater(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.fault("notify", "late", delaySeconds=0.7)
    assert caller.pay(caller.create()).json()["answers"] == []
    assert merchant.received == []
    time.sleep(1.2)
    assert len(merchant.callsTo(NOTIFY_PATH)) == 1


def testADuplicatedNotificationComesAgainUnderANewNumber(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.fault("notify", "duplicate")
    paid = caller.pay(caller.create()).json()
    first, second = merchant.callsTo(NOTIFY_PATH)
    assert first.content["paymentRequestId"] == second.content["paymentRequestId"] == paid["paymentRequestId"]
    assert first.headers["x-external-id"] != second.headers["x-external-id"]
    assert first.isSigned
    assert second.isSigned


def testTheBankMaySignWrongly(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.fault("notify", "wrongSignature")
    caller.pay(caller.create())
    assert not merchant.callsTo(NOTIFY_PATH)[0].isSigned


def testTheBankMayUseAForeignToken(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.fault("notify", "tokenInvalid")
    caller.pay(caller.create())
    assert "merchant-issued" not in merchant.callsTo(NOTIFY_PATH)[0].headers["authorization"]


def testTheBankMaySendOddBodies(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    bodies: dict[str, bytes] = {}
    for fault in ("emptyBody", "htmlBody", "prettyBody"):
        merchant.forget()
        caller.fault("notify", fault)
        caller.pay(caller.create())
        (call,) = merchant.callsTo(NOTIFY_PATH)
        bodies[fault] = call.body
        assert call.isSigned == (fault != "prettyBody"), "a pretty body is signed over its minified form"
    assert bodies["emptyBody"] == b""
    assert bodies["htmlBody"].startswith(b"<!DOCTYPE html>")
    assert bodies["prettyBody"].startswith(b'{\n  "partnerServiceId": "   22084"')


def testTheBankMayBreakOffOrHangUp(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.fault("notify", "dropBeforeProcessing")
    assert caller.pay(caller.create()).json()["answers"][0]["status"] is None
    assert merchant.callsTo(NOTIFY_PATH) == []
    caller.fault("notify", "dropAfterProcessing")
    caller.pay(caller.create())
    deadline = time.monotonic() + 60  # the bank has hung up, and does not wait for the merchant to write it down
    while not merchant.callsTo(NOTIFY_PATH) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(merchant.callsTo(NOTIFY_PATH)) == 1


def testAWrongAmountGetsThroughWhenOrdered(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    bill = caller.create()
    caller.fault("notify", "amountMismatch")
    assert caller.pay(bill, "500.00").is_success
    (entry,) = caller.control("GET", "/ledger").json()["items"]
    assert entry["amount"] == "500.00"
    assert amountToldTo(merchant) == "500.00"


def testANotificationMayLieAboutTheAmount(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.fault("notify", "amountMismatch")
    assert caller.pay(caller.create()).is_success
    (entry,) = caller.control("GET", "/ledger").json()["items"]
    assert entry["amount"] == "12345.00"
    assert amountToldTo(merchant) == "12346.00"


def testOddButRightAnswersComeWhenOrdered(caller: MerchantCaller) -> None:
    bill = caller.create()
    shown: dict[str, JsonObject] = {}
    for fault in ("plainAmounts", "extraFields", "numericCode"):
        caller.fault("inquiryVa", fault)
        shown[fault] = caller.call("POST", INQUIRY_PATH, referenceOf(bill)).json()
    assert '"totalAmount": {"value": "12345", "currency": "IDR"}' in json.dumps(shown["plainAmounts"])
    assert json.dumps(shown["extraFields"]).count("unannouncedField") == 4
    assert shown["numericCode"]["responseCode"] == 2003000


def testOddButRightNotificationsComeWhenOrdered(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.fault("notify", "plainAmounts")
    caller.pay(caller.create())
    assert amountToldTo(merchant) == "12345"
    merchant.forget()
    caller.fault("notify", "extraFields")
    caller.fault("notify", "headerCase")
    caller.pay(caller.create())
    caller.pay(caller.create())
    first, second = merchant.callsTo(NOTIFY_PATH)
    assert "unannouncedField" in first.content
    assert "x-signature" in second.headerNames
    assert "cONTENT-tYPE" in second.headerNames
    assert first.isSigned
    assert second.isSigned


def amountToldTo(merchant: MerchantStandIn) -> JsonValue:
    info = merchant.callsTo(NOTIFY_PATH)[0].content["additionalInfo"]
    assert isinstance(info, dict)
    return info["paymentAmount"]
