from __future__ import annotations

import pytest
from pydantic import JsonValue

from KSysPayment.simulator.tests.merchantCaller import JsonObject, MerchantCaller
from KSysPayment.simulator.tests.merchantStandIn import INQUIRY_PATH, PAYMENT_PATH, MerchantStandIn, PlannedAnswer

DIGITS = "2208455500001"
PAY_PATH = f"/virtual-accounts/{DIGITS}/pay"


@pytest.fixture(name="online")
def provideOnline(caller: MerchantCaller) -> MerchantCaller:
    """A bank that knows one number hosted by the merchant."""
    assert caller.control("PUT", "/online-accounts", {"digits": DIGITS}).json() == {"items": [DIGITS]}
    return caller


def ledgerOf(caller: MerchantCaller) -> list[tuple[str, str]]:
    return [(item["kind"], item["amount"]) for item in caller.control("GET", "/ledger").json()["items"]]


def testPayingAsksAndThenTells(online: MerchantCaller, merchant: MerchantStandIn) -> None:
    response = online.control("POST", PAY_PATH, {"amount": "12345.00"})
    assert response.status_code == 200
    assert response.json()["outcome"] == "payment"
    (inquiry,), (payment,) = merchant.callsTo(INQUIRY_PATH), merchant.callsTo(PAYMENT_PATH)
    assert inquiry.isSigned
    assert payment.isSigned
    assert inquiry.content["inquiryRequestId"] == payment.content["paymentRequestId"]
    assert response.json()["paymentRequestId"] == payment.content["paymentRequestId"]
    assert payment.content["paidAmount"] == {"value": "12345.00", "currency": "IDR"}
    assert payment.content["virtualAccountName"] == "Budi"
    assert payment.content["channelCode"] == 2
    assert len(payment.headers["x-external-id"]) == 36
    assert ledgerOf(online) == [("payment", "12345.00")]


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (200, {"responseCode": "2002500"}, "payment"),
        (200, {"responseCode": 2002500}, "payment"),
        (202, {"responseCode": "2022500"}, "reversal"),
        (400, {"responseCode": "4002501"}, "reversal"),
        (401, {"responseCode": "4012500"}, "reversal"),
        (403, {"responseCode": "4032515"}, "reversal"),
        (404, {"responseCode": "4042514"}, "reversal"),
        (404, {"responseCode": "4042518"}, "reversal"),
        (409, {"responseCode": "4092500"}, "reversal"),
        (429, {"responseCode": "4292500"}, "suspense"),
        (500, {"responseCode": "5002500"}, "suspense"),
        (504, {"responseCode": "5042500"}, "suspense"),
        (404, {"responseCode": "4042599"}, "suspense"),
        (404, {"responseCode": "4042414"}, "suspense"),
        (200, {}, "suspense"),
        (200, "<html>", "suspense"),
        (404, {"detail": "Not Found"}, "suspense"),
    ],
)
def testTheAnswerDecidesAboutTheMoney(
    online: MerchantCaller, merchant: MerchantStandIn, status: int, content: JsonValue, outcome: str
) -> None:
    merchant.answers[PAYMENT_PATH] = PlannedAnswer(status=status, content=content)
    assert online.control("POST", PAY_PATH, {"amount": "12345.00"}).json()["outcome"] == outcome
    assert ledgerOf(online) == [(outcome, "12345.00")]


def testSilenceLeavesTheMoneyInSuspense(online: MerchantCaller, merchant: MerchantStandIn) -> None:
    merchant.answers[PAYMENT_PATH] = PlannedAnswer(content={"responseCode": "2002500"}, delaySeconds=2.5)
    assert online.control("POST", PAY_PATH, {"amount": "12345.00"}).json()["outcome"] == "suspense"
    assert ledgerOf(online) == [("suspense", "12345.00")]


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (404, {"responseCode": "4042414"}),
        (500, {}),
        (200, {"responseCode": "2002500"}),
        (200, {"responseCode": "2002400"}),
    ],
)
def testAFailedInquiryMovesNothing(
    online: MerchantCaller, merchant: MerchantStandIn, status: int, content: JsonObject
) -> None:
    merchant.answers[INQUIRY_PATH] = PlannedAnswer(status=status, content=content)
    response = online.control("POST", PAY_PATH, {"amount": "12345.00"})
    assert (response.status_code, response.json()["code"]) == (409, "inquiryFailed")
    assert merchant.callsTo(PAYMENT_PATH) == []
    assert ledgerOf(online) == []


def testTheBilledAmountIsTheAmount(online: MerchantCaller, merchant: MerchantStandIn) -> None:
    response = online.control("POST", PAY_PATH, {"amount": "12344.00"})
    assert (response.status_code, response.json()["code"]) == (409, "wrongAmount")
    online.fault("vaPayment", "amountMismatch")
    assert online.control("POST", PAY_PATH, {"amount": "12344.00"}).is_success
    assert ledgerOf(online) == [("payment", "12344.00")]
    assert merchant.callsTo(PAYMENT_PATH)[0].content["paidAmount"] == {"value": "12344.00", "currency": "IDR"}


def testCopiesOfOnePaymentAreOnePayment(online: MerchantCaller, merchant: MerchantStandIn) -> None:
    assert online.control("POST", PAY_PATH, {"amount": "12345.00", "times": 5}).is_success
    assert len({call.body for call in merchant.callsTo(PAYMENT_PATH)}) == 1
    assert len(merchant.callsTo(PAYMENT_PATH)) == 5
    assert ledgerOf(online) == [("payment", "12345.00")]


def testFaultsBefallOnlineCallsToo(online: MerchantCaller, merchant: MerchantStandIn) -> None:
    online.fault("vaInquiry", "lost")
    assert online.control("POST", PAY_PATH, {"amount": "12345.00"}).status_code == 409
    online.fault("vaPayment", "duplicate")
    assert online.control("POST", PAY_PATH, {"amount": "12345.00"}).json()["outcome"] == "payment"
    first, second = merchant.callsTo(PAYMENT_PATH)
    assert first.body == second.body
    assert first.headers["x-external-id"] != second.headers["x-external-id"]
    online.fault("vaPayment", "dropAfterProcessing")
    assert online.control("POST", PAY_PATH, {"amount": "12345.00"}).json()["outcome"] == "suspense"
    assert [kind for kind, _ in ledgerOf(online)] == ["payment", "suspense"]


def testAForeignNumberIsNotPaid(caller: MerchantCaller) -> None:
    assert caller.control("PUT", "/online-accounts", {"digits": "1111155500001"}).is_success
    assert caller.control("POST", "/virtual-accounts/1111155500001/pay", {"amount": "1.00"}).status_code == 404
