"""An independent SNAP implementation signs what our doors accept, and comes to the published signatures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest

from KSysPayment.backend.infrastructure.bri.snapSignature import isHmacSignature, transactionStringToSign
from KSysPayment.backend.tests.support.paymentServer import PaymentServer
from KSysPayment.backend.tests.testBankDoor import MOUNT, NOTIFY_PATH, Bank, aNotification
from KSysPayment.backend.tests.testSnapSignature import ASYMMETRIC, SNAP_HMAC, VECTORS, named, toPem
from KSysPayment.simulator.testing import RunningSimulator

SCRIPT: Final = Path(__file__).parent / "interop" / "signSnap.cjs"
UNSIGNABLE: Final = {"emptyBody", "inboundQrisNotifyHmacDoubleHex"}
SIGNED_TRANSACTIONS: Final = [vector for vector in SNAP_HMAC if vector["id"] not in UNSIGNABLE]


def signElsewhere(**asked: object) -> dict[str, str]:
    """Both signatures of doku-nodejs-library; `scripts/test` installs it and Node."""
    done = subprocess.run(["node", str(SCRIPT)], input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    signatures: dict[str, str] = json.loads(done.stdout)
    return signatures


def ask(**changes: object) -> dict[str, str]:
    merchant = toPem(VECTORS["keys"]["merchant"]["testKeyJwk"])
    blank: dict[str, object] = {
        "pem": merchant, "clientId": "c", "timestamp": "t", "method": "POST", "path": "/", "token": "t", "body": {},
        "secret": "s",
    }  # fmt: skip
    return signElsewhere(**{**blank, **changes})


@pytest.mark.parametrize("vector", [v for v in ASYMMETRIC if v["stringToSign"].count("|") == 1], ids=named)
def testTheyComeToTheSameTokenSignature(vector: dict[str, str]) -> None:
    pem = toPem(VECTORS["keys"][vector["signingKey"]]["testKeyJwk"])
    clientId, timestamp = vector["stringToSign"].split("|")
    assert ask(pem=pem, clientId=clientId, timestamp=timestamp)["rsa"] == vector["signatureBase64"]


@pytest.mark.parametrize("vector", SIGNED_TRANSACTIONS, ids=named)
def testTheirTransactionSignatureIsAccepted(vector: dict[str, str]) -> None:
    names = ("method", "path", "timestamp", "secret")
    signed = ask(**{name: vector[name] for name in names}, token=vector["accessToken"], body=json.loads(vector["body"]))
    text = transactionStringToSign(
        vector["method"], vector["path"], vector["accessToken"], vector["body"].encode(), vector["timestamp"]
    )
    assert isHmacSignature(vector["secret"], text, signed["hmac"])


async def testOurDoorsAcceptWhatTheySign(server: PaymentServer, simulator: RunningSimulator) -> None:
    bank = Bank(server, simulator)
    settings, timestamp = server.settings, bank.now()
    pem = (simulator.directory / "bankPrivate.pem").read_text(encoding="utf-8")
    forToken = ask(pem=pem, clientId=settings.briInboundClientId, timestamp=timestamp)
    issued = await bank.askToken(**{"X-TIMESTAMP": timestamp, "X-SIGNATURE": forToken["rsa"]})
    assert issued.status_code == 200, issued.text

    content = json.loads(aNotification())
    token = str(issued.json()["accessToken"])
    signed = ask(
        path=MOUNT + NOTIFY_PATH,
        timestamp=timestamp,
        token=token,
        body=content,
        secret=settings.briInboundClientSecret.get_secret_value(),
    )
    body = json.dumps(content, separators=(",", ":")).encode()
    accepted = await bank.notify(body, token=token, **{"X-TIMESTAMP": timestamp, "X-SIGNATURE": signed["hmac"]})
    assert accepted.json()["responseCode"] == "2003400", accepted.text
