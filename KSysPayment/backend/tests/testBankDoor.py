"""The routes the bank calls: who gets in, what is kept, and that every answer is a SNAP body."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx
import pytest

from KSysPayment.backend.infrastructure.bri.snapSignature import (
    loadPrivateKey,
    signHmac,
    signRsa,
    toHeaderTime,
    tokenStringToSign,
    transactionStringToSign,
)
from KSysPayment.backend.tests.support.paymentServer import PaymentServer
from KSysPayment.simulator.testing import RunningSimulator
from shared.backend.utils.uuid import generateId

MOUNT: Final = "/api/payment/bri"
TOKEN_PATH: Final = "/snap/v1.0/access-token/b2b"
NOTIFY_PATH: Final = "/snap/v1.0/transfer-va/notify-payment-intrabank"


@dataclass
class Bank:
    """The bank, calling as the test wants it to."""

    server: PaymentServer
    simulator: RunningSimulator
    shift: timedelta = field(default_factory=timedelta)

    def now(self) -> str:
        return toHeaderTime(self.server.resources.clock.now() + self.shift)

    async def askToken(self, **headers: str) -> httpx.Response:
        timestamp = self.now()
        client = self.server.settings.briInboundClientId
        key = loadPrivateKey((self.simulator.directory / "bankPrivate.pem").read_text())
        sent = {
            "Content-Type": "application/json",
            "X-CLIENT-KEY": client,
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": signRsa(key, tokenStringToSign(client, timestamp)),
            **headers,
        }
        return await self.server.client.post(
            MOUNT + TOKEN_PATH, content=b'{"grantType":"client_credentials"}', headers=sent
        )

    async def token(self) -> str:
        return str((await self.askToken()).json()["accessToken"])

    async def notify(
        self, body: bytes, *, token: str | None = None, signedPath: str = MOUNT + NOTIFY_PATH, **headers: str
    ) -> httpx.Response:
        bearer = token or await self.token()
        timestamp = self.now()
        text = transactionStringToSign("POST", signedPath, bearer, body, timestamp)
        secret = self.server.settings.briInboundClientSecret.get_secret_value()
        sent = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {bearer}",
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": signHmac(secret, text, "base64"),
            "X-PARTNER-ID": "BRI",
            "CHANNEL-ID": "TRFLA",
            "X-EXTERNAL-ID": "A12345678901",
            **headers,
        }
        return await self.server.client.post(MOUNT + NOTIFY_PATH, content=body, headers=sent)


@pytest.fixture(name="bank")
def openBank(server: PaymentServer, simulator: RunningSimulator) -> Bank:
    return Bank(server, simulator)


def aNotification(digits: str = "220840000000000000", **changes: object) -> bytes:
    body: dict[str, object] = {
        "partnerServiceId": "   22084",
        "customerNo": digits[5:],
        "virtualAccountNo": f"   {digits}",
        "trxDateTime": "2026-01-15T11:00:20+07:00",
        "paymentRequestId": str(generateId()),
        "additionalInfo": {"paymentAmount": "150000.00", "terminalId": "9", "bankId": "002"},
    }
    merged = {name: value for name, value in {**body, **changes}.items() if value is not None}
    return json.dumps(merged).encode()


async def testTheBankGetsATokenForFifteenMinutes(bank: Bank) -> None:
    response = await bank.askToken()
    body = response.json()
    assert (response.status_code, body["responseCode"], body["expiresIn"]) == (200, "2007300", "900")
    assert len(body["accessToken"]) >= 43
    rows = await bank.server.rows("SELECT token_hash FROM inbound_token")
    assert body["accessToken"] not in {row["token_hash"] for row in rows}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-SIGNATURE": "AAAA"}, "4017300"),
        ({"X-CLIENT-KEY": "somebody"}, "4017300"),
        ({"X-TIMESTAMP": "2026-01-15T11:00:20"}, "4007301"),
        ({"X-TIMESTAMP": "2020-01-15T11:00:20+07:00"}, "4017300"),
        ({"X-SIGNATURE": ""}, "4007302"),
    ],
)
async def testNobodyElseGetsAToken(bank: Bank, headers: dict[str, str], code: str) -> None:
    response = await bank.askToken(**headers)
    assert response.json()["responseCode"] == code
    assert str(response.status_code) == code[:3]


@pytest.mark.parametrize("minutes", [-6, 6])
async def testAClockTooFarFromOursIsRefused(bank: Bank, minutes: int) -> None:
    bank.shift = timedelta(minutes=minutes)
    assert (await bank.askToken()).json()["responseCode"] == "4017300"


@pytest.mark.parametrize("minutes", [-4, 4])
async def testAClockNearOursIsAccepted(bank: Bank, minutes: int) -> None:
    bank.shift = timedelta(minutes=minutes)
    assert (await bank.askToken()).status_code == 200


@pytest.mark.parametrize("signedPath", [MOUNT + NOTIFY_PATH, NOTIFY_PATH, NOTIFY_PATH.removeprefix("/snap")])
async def testSignatureOverAnyPathOursIsKnownByIsAccepted(bank: Bank, signedPath: str) -> None:
    response = await bank.notify(aNotification(), signedPath=signedPath)
    assert response.json()["responseCode"] == "2003400", response.text


async def testPrettyBodySignedMinifiedIsAccepted(bank: Bank) -> None:
    compact = json.loads(aNotification())
    pretty = json.dumps(compact, indent=4).encode()
    token, timestamp = await bank.token(), bank.now()
    minified = json.dumps(compact, separators=(",", ":")).encode()
    text = transactionStringToSign("POST", NOTIFY_PATH, token, minified, timestamp)
    secret = bank.server.settings.briInboundClientSecret.get_secret_value()
    response = await bank.notify(
        pretty, token=token, **{"X-TIMESTAMP": timestamp, "X-SIGNATURE": signHmac(secret, text, "hex")}
    )
    assert response.json()["responseCode"] == "2003400", response.text


async def testAnswerEchoesTheNotification(bank: Bank) -> None:
    body = json.loads(aNotification())
    data = (await bank.notify(json.dumps(body).encode())).json()["virtualAccountData"]
    for name in ("partnerServiceId", "customerNo", "virtualAccountNo", "paymentRequestId", "trxDateTime"):
        assert data[name] == body[name]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Authorization": ""}, "4013401"),
        ({"Authorization": "Bearer unknown-token"}, "4013401"),
        ({"X-SIGNATURE": "0" * 128}, "4013400"),
        ({"X-TIMESTAMP": "2020-01-15T11:00:20+07:00"}, "4013400"),
        ({"X-TIMESTAMP": "now"}, "4003401"),
        ({"X-EXTERNAL-ID": ""}, "4003402"),
        ({"X-EXTERNAL-ID": "!"}, "4003401"),
    ],
)
async def testForgedNotificationIsRefusedAndMovesNothing(bank: Bank, headers: dict[str, str], code: str) -> None:
    before = await bank.server.rows("SELECT count(*) AS n FROM receipt")
    response = await bank.notify(aNotification(), **headers)
    assert response.json()["responseCode"] == code
    assert response.headers["content-type"] == "application/json"
    await bank.server.run("processInbox")
    assert await bank.server.rows("SELECT count(*) AS n FROM receipt") == before


async def testChangedBodyIsRefusedAndKept(bank: Bank) -> None:
    token, timestamp, body = await bank.token(), bank.now(), aNotification()
    text = transactionStringToSign("POST", NOTIFY_PATH, token, body, timestamp)
    secret = bank.server.settings.briInboundClientSecret.get_secret_value()
    changed = body.replace(b"150000.00", b"950000.00")
    response = await bank.notify(
        changed, token=token, **{"X-TIMESTAMP": timestamp, "X-SIGNATURE": signHmac(secret, text, "hex")}
    )
    assert response.json()["responseCode"] == "4013400"
    kept = await bank.server.rows("SELECT verdict, state FROM inbox_event WHERE raw_body = :body", body=changed)
    assert [dict(row) for row in kept] == [{"verdict": "refused", "state": "refused"}]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "4003400"),
        (b"<xml/>", "4003400"),
        (b"[1]", "4003400"),
        (b"\xff\xfe", "4003400"),
        (b"[" * 30_000, "4003400"),
        (aNotification(paymentRequestId=None), "4003402"),
        (aNotification(additionalInfo=None), "4003402"),
        (aNotification(additionalInfo={"paymentAmount": "abc"}), "4003401"),
        (aNotification(additionalInfo={"paymentAmount": "0.00"}), "4003401"),
        (aNotification(virtualAccountNo="abc"), "4003401"),
        (aNotification(additionalInfo={"paymentAmount": "1e5"}), "4003401"),
        (aNotification(additionalInfo={"paymentAmount": "-150000.00"}), "4003401"),
        (aNotification(additionalInfo={"paymentAmount": "150.000"}), "4003401"),
        (aNotification(additionalInfo={"paymentAmount": {"value": "1.00", "currency": "USD"}}), "4003401"),
        (aNotification().replace(b'"paymentAmount"', b'"paymentAmount": "1.00", "paymentAmount"'), "4003400"),
        (aNotification(partnerServiceId="   99999"), "4043416"),
        (aNotification(virtualAccountNo="   999990000000000000"), "4003401"),
        (aNotification(customerNo="0000000000001"), "4003401"),
        (aNotification(paymentRequestId="a\u0000b"), "4003401"),
    ],
)
async def testSignedButUnreadableIsRefusedKeptAndShownToAPerson(bank: Bank, body: bytes, code: str) -> None:
    response = await bank.notify(body)
    assert response.json()["responseCode"] == code, response.text
    kept = await bank.server.rows("SELECT id, state FROM inbox_event WHERE raw_body = :body", body=body)
    assert [row["state"] for row in kept] == ["failed"]
    shown = await bank.server.rows(
        "SELECT kind FROM payment_exception WHERE dedupe_key = :key", key=f"notification:{kept[0]['id']}"
    )
    assert [row["kind"] for row in shown] == ["notificationUnreadable"]


async def testHugeBodyIsRefused(bank: Bank) -> None:
    response = await bank.notify(b" " * 70_000)
    assert response.json()["responseCode"] == "4003400"


async def testExpiredTokenIsRefused(bank: Bank) -> None:
    token = await bank.token()
    await bank.server.run("removeExpired")
    await bank.server.change("DELETE FROM inbound_token")
    assert (await bank.notify(aNotification(), token=token)).json()["responseCode"] == "4013401"


@pytest.mark.parametrize("amount", ["150000", 150000, {"value": "150000.00", "currency": "IDR"}, "150000.0"])
async def testAmountIsReadHoweverTheBankWritesIt(bank: Bank, amount: object) -> None:
    payment = (await bank.server.create()).json()
    digits = payment["briva"]["virtualAccountNo"]
    response = await bank.notify(aNotification(digits, additionalInfo={"paymentAmount": amount}))
    assert response.json()["responseCode"] == "2003400"
    await bank.server.run("processInbox")
    assert (await bank.server.get(payment["id"]))["status"] == "paid"


@pytest.mark.parametrize("written", ["   {}", "          {}", "000{}", "0000000000{}", "{}"])
async def testAccountIsReadHoweverTheBankPadsIt(bank: Bank, written: str) -> None:
    payment = (await bank.server.create()).json()
    digits = payment["briva"]["virtualAccountNo"]
    response = await bank.notify(aNotification(digits, virtualAccountNo=written.format(digits)))
    assert response.json()["responseCode"] == "2003400", response.text
    await bank.server.run("processInbox")
    assert (await bank.server.get(payment["id"]))["status"] == "paid"


async def testSpacesAroundTheReferenceMakeNoSecondMovement(bank: Bank) -> None:
    payment = (await bank.server.create()).json()
    digits, reference = payment["briva"]["virtualAccountNo"], str(generateId())
    for written in (reference, f" {reference}  "):
        await bank.notify(aNotification(digits, paymentRequestId=written))
        await bank.server.run("processInbox")
    rows = await bank.server.rows("SELECT bank_reference FROM receipt WHERE virtual_account_no = :no", no=digits)
    assert [row["bank_reference"] for row in rows] == [reference]


async def testTimeOutsideOfTheCalendarDoesNotHoldTheMoneyUp(bank: Bank) -> None:
    payment = (await bank.server.create()).json()
    digits = payment["briva"]["virtualAccountNo"]
    await bank.notify(aNotification(digits, trxDateTime="0001-01-01T00:00:00+07:00"))
    await bank.server.run("processInbox")
    assert (await bank.server.get(payment["id"]))["status"] == "paid"


async def testSameNotificationAgainOnlyCountsUp(bank: Bank) -> None:
    token, body = await bank.token(), aNotification()
    codes = await asyncio.gather(*(bank.notify(body, token=token) for _ in range(8)))
    assert {response.json()["responseCode"] for response in codes} == {"2003400"}
    kept = await bank.server.rows("SELECT seen FROM inbox_event WHERE raw_body = :body", body=body)
    assert [row["seen"] for row in kept] == [8]


async def testUnknownAccountIsBookedAsideAfterTheReportWasAskedInVain(bank: Bank) -> None:
    body = aNotification("220841111111111111")
    await bank.notify(body)
    for _ in range(3):
        await bank.server.change("UPDATE inbox_event SET next_try_at = now() WHERE state = 'received'")
        await bank.server.run("processInbox")
    rows = await bank.server.rows(
        "SELECT r.disposition, x.kind FROM receipt r JOIN payment_exception x ON x.receipt_id = r.id"
        " WHERE r.virtual_account_no = '220841111111111111'"
    )
    assert [dict(row) for row in rows] == [{"disposition": "unapplied", "kind": "unknownAccount"}]
    assert await bank.server.violations() == {}
