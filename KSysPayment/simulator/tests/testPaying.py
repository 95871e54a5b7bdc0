from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pydantic import JsonValue

from KSysPayment.simulator.tests.merchantCaller import (
    DELETE_PATH,
    MerchantCaller,
    digitsOf,
    referenceOf,
)
from KSysPayment.simulator.tests.merchantStandIn import (
    ISSUED_TOKEN,
    NOTIFY_PATH,
    TOKEN_PATH,
    MerchantStandIn,
    PlannedAnswer,
)


def ledgerOf(caller: MerchantCaller) -> list[dict[str, str]]:
    items: list[dict[str, str]] = caller.control("GET", "/ledger").json()["items"]
    return items


def testPayingBooksTheMoneyAndTellsTheMerchant(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    bill = caller.create()
    response = caller.pay(bill, channel="00005")
    assert response.status_code == 200
    paid = response.json()
    assert paid["outcome"] == "payment"
    assert [answer["responseCode"] for answer in paid["answers"]] == ["2003400"]

    (entry,) = ledgerOf(caller)
    assert entry["kind"] == "payment"
    assert entry["virtualAccountNo"] == bill["virtualAccountNo"]
    assert (entry["digits"], entry["amount"]) == (digitsOf(bill), "12345.00")
    assert entry["paymentRequestId"] == paid["paymentRequestId"]
    assert entry["at"].endswith("Z")

    token, notification = merchant.received
    assert token.isSigned
    assert notification.isSigned
    assert notification.path == NOTIFY_PATH
    assert notification.headers["authorization"] == f"Bearer {ISSUED_TOKEN}"
    assert len(notification.headers["x-external-id"]) == 12
    assert len(notification.headers["x-signature"]) == 88
    content = notification.content
    assert content.pop("trxDateTime")
    assert content == {
        "partnerServiceId": "   22084",
        "customerNo": bill["customerNo"],
        "virtualAccountNo": bill["virtualAccountNo"],
        "paymentRequestId": paid["paymentRequestId"],
        "additionalInfo": {"idApp": "SIMULATE", "paymentAmount": "12345.00", "terminalId": "5", "bankId": "002"},
    }


def testTimesSendsTheSameNotificationInParallel(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    merchant.answers[NOTIFY_PATH] = PlannedAnswer(content={"responseCode": "2003400"}, delaySeconds=0.2)
    bill = caller.create()
    paid = caller.pay(bill, times=20).json()
    assert len(paid["answers"]) == 20
    calls = merchant.callsTo(NOTIFY_PATH)
    assert len(calls) == 20
    assert len({(call.body, call.headers["x-external-id"], call.headers["x-signature"]) for call in calls}) == 1
    assert len(merchant.callsTo(TOKEN_PATH)) == 1
    assert len(ledgerOf(caller)) == 1


@pytest.mark.parametrize("channel", ["atm", "ATM", "2", "00002"])
def testChannelsHaveNamesAndNumbers(caller: MerchantCaller, merchant: MerchantStandIn, channel: str) -> None:
    assert caller.pay(caller.create(), channel=channel).is_success
    info = merchant.callsTo(NOTIFY_PATH)[0].content["additionalInfo"]
    assert isinstance(info, dict)
    assert info["terminalId"] == "2"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"amount": "12345"},
        {"amount": 12345},
        {"amount": "12345.00", "times": 0},
        {"amount": "12345.00", "channel": "pigeon"},
        {"amount": "12345.00", "colour": "red"},
    ],
)
def testAPayersNonsenseIsRefused(caller: MerchantCaller, content: dict[str, JsonValue]) -> None:
    bill = caller.create()
    assert caller.control("POST", f"/virtual-accounts/{digitsOf(bill)}/pay", content).status_code == 422
    assert ledgerOf(caller) == []


def testTheBankTakesOnlyWhatAClosedSinglePaymentAccountTakes(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    paid, deleted, expired, open_ = (
        caller.create(expiresIn=timedelta(minutes=2 + shift * 60)) for shift in (1, 1, 0, 1)
    )
    assert caller.pay(paid).is_success
    assert caller.call("DELETE", DELETE_PATH, referenceOf(deleted)).is_success
    merchant.forget()
    assert refusalOf(caller.pay(open_, "12346.00").json(), 409) == "wrongAmount"
    assert caller.control("PUT", "/clock", {"offsetSeconds": 150}).is_success
    assert refusalOf(caller.pay(paid).json(), 409) == "virtualAccountPaid"
    assert refusalOf(caller.pay(expired).json(), 409) == "virtualAccountExpired"
    assert caller.pay(deleted).status_code == 404
    assert refusalOf(caller.pay(deleted).json(), 404) == "virtualAccountDeleted"
    assert refusalOf(caller.pay(caller.newBill()).json(), 404) == "virtualAccountNotFound"
    assert len(ledgerOf(caller)) == 1
    assert merchant.received == []


def refusalOf(content: dict[str, str], _status: int) -> str:
    assert content["detail"]
    return content["code"]


def testForcedMoneyComesInAllTheSame(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    paid, deleted, expired, stranger = caller.create(), caller.create(), caller.create(), caller.newBill()
    assert caller.pay(paid).is_success
    assert caller.call("DELETE", DELETE_PATH, referenceOf(deleted)).is_success
    assert caller.control("PUT", "/clock", {"offsetSeconds": 7200}).is_success
    for bill in (paid, deleted, expired, stranger):
        assert caller.pay(bill, "777.00", force=True).is_success
    assert [entry["amount"] for entry in ledgerOf(caller)] == ["12345.00", "777.00", "777.00", "777.00", "777.00"]
    assert len({entry["paymentRequestId"] for entry in ledgerOf(caller)}) == 5
    assert len(merchant.callsTo(NOTIFY_PATH)) == 5
    states = {item["digits"]: item["state"] for item in caller.control("GET", "/virtual-accounts").json()["items"]}
    assert states[digitsOf(deleted)] == "deleted"
    assert states[digitsOf(expired)] == "paid"
    assert (
        caller.control("POST", "/virtual-accounts/9999900001/pay", {"amount": "1.00", "force": True}).status_code == 404
    )


def testTwoPayersAtOnceMakeOnePayment(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    bill = caller.create()
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: caller.pay(bill).status_code, range(8)))
    assert statuses == [200, *[409] * 7]
    assert len(ledgerOf(caller)) == 1
    assert len(merchant.callsTo(NOTIFY_PATH)) == 1


@pytest.mark.parametrize("path", [TOKEN_PATH, NOTIFY_PATH])
def testAFailedNotificationIsNeverTriedAgain(caller: MerchantCaller, merchant: MerchantStandIn, path: str) -> None:
    merchant.answers[path] = PlannedAnswer(status=500, content={"responseCode": "5003400"})
    paid = caller.pay(caller.create()).json()
    assert len(paid["answers"]) == 1
    assert paid["answers"][0]["responseCode"] != "2003400"
    assert len(merchant.callsTo(path)) == 1
    assert len(ledgerOf(caller)) == 1


def testTheBankGivesUpOnASlowMerchant(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    merchant.answers[NOTIFY_PATH] = PlannedAnswer(content={"responseCode": "2003400"}, delaySeconds=2.5)
    (answer,) = caller.pay(caller.create()).json()["answers"]
    assert answer["status"] is None
    logged = caller.control("GET", "/exchanges?operation=notify").json()["items"][0]
    assert logged["verdict"] == "unanswered"
    assert logged["durationMs"] < 2400


def testExchangesShowBothDirections(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    caller.pay(caller.create())
    items = caller.control("GET", "/exchanges?limit=3").json()["items"]
    assert [(item["direction"], item["operation"], item["verdict"]) for item in items] == [
        ("briToMerchant", "notify", "accepted"),
        ("briToMerchant", "merchantToken", "accepted"),
        ("merchantToBri", "createVa", "accepted"),
    ]
    notified = merchant.callsTo(NOTIFY_PATH)[0]
    assert items[0]["requestBody"].encode() == notified.body
    assert items[0]["expectedStringToSign"].startswith(f"POST:{NOTIFY_PATH}:{ISSUED_TOKEN}:")
    assert items[2]["requestHeaders"]["x-external-id"]
    assert caller.control("GET", "/exchanges?limit=0").status_code == 422
