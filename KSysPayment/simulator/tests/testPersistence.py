from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from KSysPayment.simulator.testing import RunningSimulator, SimulatorStartError, launch, startSimulator
from KSysPayment.simulator.tests.merchantCaller import (
    CREATE_PATH,
    INQUIRY_PATH,
    STATUS_PATH,
    JsonObject,
    MerchantCaller,
    numberOf,
    referenceOf,
)
from KSysPayment.simulator.tests.merchantStandIn import NOTIFY_PATH, PAYMENT_PATH, MerchantStandIn, PlannedAnswer

PATIENCE_S = 120


@pytest.fixture(name="own")
def provideOwn(tmp_path: Path, merchant: MerchantStandIn) -> Iterator[MerchantCaller]:
    """A simulator this test may kill."""
    simulator = startSimulator(tmp_path, merchant.baseUrl)
    merchant.learn(simulator.briEnvironment)
    yield MerchantCaller(simulator)
    simulator.stop()


def killAndRestart(simulator: RunningSimulator) -> None:
    simulator.kill()
    simulator.restart()


def testAKillLosesNothing(own: MerchantCaller, merchant: MerchantStandIn) -> None:
    paid, open_ = own.create(), own.create()
    paymentRequestId = own.pay(paid).json()["paymentRequestId"]
    own.fault("inquiryVa", "unlistedCode", times=2)
    ledger = own.control("GET", "/ledger").json()
    exchanges = own.control("GET", "/exchanges?limit=1000").json()
    usedHeaders = own.headers("POST", STATUS_PATH, b"{}")
    own.send("POST", STATUS_PATH, b"{}", usedHeaders)

    killAndRestart(own.simulator)

    assert own.control("GET", "/ledger").json() == ledger
    assert ledger["items"][0]["paymentRequestId"] == paymentRequestId
    kept = own.control("GET", "/exchanges?limit=1000").json()["items"]
    assert kept[1:] == exchanges["items"]
    assert own.send("POST", STATUS_PATH, b"{}", usedHeaders).json()["responseCode"] == "4092600"
    assert own.call("POST", INQUIRY_PATH, referenceOf(open_)).json()["responseCode"] == "4033098"
    assert own.control("GET", "/faults").json()["items"][0]["times"] == 1
    assert paidStatusOf(own, paid) == "Y"
    assert paidStatusOf(own, open_) == "N"
    assert len(merchant.callsTo(NOTIFY_PATH)) == 1, "nothing is notified again"


def testANotificationThatWaitedIsGoneAfterAKill(own: MerchantCaller, merchant: MerchantStandIn) -> None:
    own.fault("notify", "late", delaySeconds=1.0)
    bill = own.create()
    assert own.pay(bill).is_success
    killAndRestart(own.simulator)
    time.sleep(1.5)
    assert merchant.callsTo(NOTIFY_PATH) == []
    assert paidStatusOf(own, bill) == "Y"


def testADebitCutOffByAKillStaysInSuspense(own: MerchantCaller, merchant: MerchantStandIn) -> None:
    merchant.answers[PAYMENT_PATH] = PlannedAnswer(content={"responseCode": "2002500"}, delaySeconds=2.0)
    assert own.control("PUT", "/online-accounts", {"digits": "2208455500001"}).is_success
    payer = threading.Thread(target=payUntilKilled, args=(own,))
    payer.start()
    deadline = time.monotonic() + 5
    while not merchant.callsTo(PAYMENT_PATH) and time.monotonic() < deadline:
        time.sleep(0.02)
    killAndRestart(own.simulator)
    payer.join()
    (entry,) = own.control("GET", "/ledger").json()["items"]
    assert (entry["kind"], entry["amount"]) == ("suspense", "12345.00")
    assert entry["paymentRequestId"] == merchant.callsTo(PAYMENT_PATH)[0].content["paymentRequestId"]


def payUntilKilled(own: MerchantCaller) -> None:
    with pytest.raises(httpx.HTTPError):
        own.control("POST", "/virtual-accounts/2208455500001/pay", {"amount": "12345.00"})


def testWhatWasAnsweredSurvivesAKillUnderLoad(own: MerchantCaller) -> None:
    own.fetchToken()
    bills = [own.newBill() for _ in range(400)]
    answered: list[JsonObject] = []
    worker = threading.Thread(target=createUntilKilled, args=(own, bills, answered))
    worker.start()
    deadline = time.monotonic() + PATIENCE_S
    while len(answered) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    own.simulator.kill()
    worker.join()
    own.simulator.restart()
    assert len(answered) >= 5
    for bill in answered:
        assert own.call("POST", INQUIRY_PATH, referenceOf(bill)).json()["virtualAccountData"]["trxId"] == bill["trxId"]
    afterLast = bills[len(answered)] if len(answered) < len(bills) else bills[-1]
    assert own.call("POST", INQUIRY_PATH, referenceOf(afterLast)).json()["responseCode"] in {"2003000", "4043012"}


def createUntilKilled(own: MerchantCaller, bills: list[JsonObject], answered: list[JsonObject]) -> None:
    for bill in bills:
        try:
            response = own.call("POST", CREATE_PATH, bill)
        except httpx.HTTPError:
            return
        assert response.is_success
        answered.append(bill)


def testTheClockAndTheMerchantsAddressSurvive(own: MerchantCaller) -> None:
    assert own.control("PUT", "/clock", {"offsetSeconds": 600}).is_success
    assert own.control("PUT", "/merchant", {"baseUrl": "http://127.0.0.1:9/elsewhere"}).is_success
    killAndRestart(own.simulator)
    assert own.fetchToken().json()["responseCode"] == "4017300", "ten minutes apart"
    assert own.control("PUT", "/clock", {"offsetSeconds": 0}).is_success
    assert own.pay(own.create()).json()["answers"][0]["status"] is None
    logged = own.control("GET", "/exchanges").json()["items"][0]
    assert logged["url"].startswith("http://127.0.0.1:9/elsewhere/")


def testItStopsWhenItIsTold(own: MerchantCaller) -> None:
    own.simulator.stop()
    assert own.simulator.process.returncode not in {None, -signal.SIGKILL}


def testMissingSettingsStopTheStartAndAreNamed(tmp_path: Path) -> None:
    process = launch({"SIMULATOR_PORT": "notANumber", "SIMULATOR_CLIENT_ID": "x"}, tmp_path)
    assert process.wait(PATIENCE_S) == 2
    written = (tmp_path / "simulator.log").read_text(encoding="utf-8")
    for name in ("SIMULATOR_PORT", "SIMULATOR_CLIENT_SECRET", "SIMULATOR_PARTNER_ID", "SIMULATOR_BANK_PRIVATE_KEY"):
        assert name in written
    assert "Traceback" not in written


def testKeysThatDoNotDoStopTheStart(tmp_path: Path) -> None:
    overrides = {
        "SIMULATOR_BANK_PRIVATE_KEY": "no key",
        "SIMULATOR_MERCHANT_PUBLIC_KEY_FILE": str(tmp_path / "none.pem"),
    }
    with pytest.raises(SimulatorStartError) as caught:
        startSimulator(tmp_path, overrides=overrides)
    assert "SIMULATOR_BANK_PRIVATE_KEY: " in str(caught.value)
    assert "none.pem" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def testAStartThatFailsSaysWhy(tmp_path: Path) -> None:
    with pytest.raises(SimulatorStartError, match="SIMULATOR_CHANNEL_ID"):
        startSimulator(tmp_path, overrides={"SIMULATOR_CHANNEL_ID": "nine"})


def paidStatusOf(own: MerchantCaller, bill: JsonObject) -> str:
    content = own.call("POST", STATUS_PATH, {**numberOf(bill), "inquiryRequestId": "i"}).json()
    status: str = content["additionalInfo"]["paidStatus"]
    return status
