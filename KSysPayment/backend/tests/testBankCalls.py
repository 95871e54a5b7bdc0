"""How we call the bank: numbers, tokens, what is written down and what is not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from KSysPayment.backend.infrastructure.database.externalIdRepository import ExternalIdSource
from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer
from KSysPayment.simulator.testing import RunningSimulator
from shared.backend.utils.clock import FixedClock


async def exchangesOf(server: PaymentServer, operation: str) -> int:
    response = await server.bank.get("/simulator/exchanges", params={"operation": operation, "limit": 1000})
    return len(response.json()["items"])


async def testManyCallersShareOneToken(server: PaymentServer) -> None:
    created = await asyncio.gather(*(server.create() for _ in range(10)))
    assert {response.json()["status"] for response in created} == {"awaitingPayment"}
    assert await exchangesOf(server, "accessToken") == 1


async def testNumbersAreNeverGivenTwiceAndBeginAgainAtTheBanksMidnight(server: PaymentServer) -> None:
    clock = FixedClock(datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC))
    source = ExternalIdSource(server.resources.database, "bri:numbers", clock)
    given = await asyncio.gather(*(source.next() for _ in range(10)))
    assert sorted(number.value for number in given) == [f"{count:09d}" for count in range(1, 11)]
    assert {str(number.day) for number in given} == {"2026-11-30"}
    clock.advance(timedelta(seconds=1))
    after = await source.next()
    assert (str(after.day), after.value) == ("2026-12-01", "000000001")


async def testEveryCallIsWrittenDownWithoutItsSecrets(server: PaymentServer) -> None:
    await server.create()
    rows = await server.rows(
        "SELECT operation, request_headers::text || request_body || coalesce(response_body, '') AS said FROM bank_call"
    )
    assert {"accessToken", "createVa"} <= {str(row["operation"]) for row in rows}
    settings = server.settings
    secrets = [settings.briClientSecret.get_secret_value(), settings.briClientId, "Bearer "]
    for row in rows:
        assert not any(secret in str(row["said"]) for secret in secrets)


async def testForgottenNumbersAreLeaptOver(server: PaymentServer, changeAsOwner: ChangeAsOwner) -> None:
    """A database restored from this morning counts on from where it was; the bank does not."""
    for _ in range(3):
        await server.create()
    for statement in (
        "ALTER TABLE bank_call DISABLE TRIGGER bank_call_append_only",
        "DELETE FROM bank_call",
        "ALTER TABLE bank_call ENABLE TRIGGER bank_call_append_only",
        "UPDATE payment_attempt SET external_id = 'forgotten ' || external_id",
        "UPDATE external_id_counter SET last_value = 0",
    ):
        await changeAsOwner(statement)
    payment = (await server.create()).json()
    assert payment["status"] == "unknown"
    await server.makeDue()
    await server.run("checkAttempts")
    assert (await server.get(payment["id"]))["status"] == "awaitingPayment"


async def testNoSecretOfTheBankReachesTheLog(
    server: PaymentServer, simulator: RunningSimulator, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever goes wrong: tokens, signatures and secrets of both directions stay out of every line."""
    for operation, fault in (("createVa", "tokenInvalid"), ("notify", "wrongSignature"), ("report", "htmlBody")):
        await server.fault(operation, fault)
    payment = (await server.create()).json()
    await server.pay(payment["briva"]["virtualAccountNo"])
    await server.run("processInbox")
    await server.makeDue()
    await server.run("checkAttempts", "relay")
    exchanges = (await server.bank.get("/simulator/exchanges", params={"limit": 1000})).json()["items"]
    headers = [{name.lower(): value for name, value in item["requestHeaders"].items()} for item in exchanges]
    sent = {str(head[name]) for head in headers for name in ("authorization", "x-signature") if head.get(name)}
    secrets = {text.removeprefix("Bearer ") for text in sent} | {
        server.settings.briClientSecret.get_secret_value(),
        server.settings.briInboundClientSecret.get_secret_value(),
        server.settings.briPrivateKey.get_secret_value().splitlines()[1],
        (simulator.directory / "bankPrivate.pem").read_text().splitlines()[1],
    }
    logged = "".join(capfd.readouterr())
    assert len(secrets) > 10
    assert [secret for secret in secrets if secret in logged] == []
    assert "bank.called" in logged
    kept = await server.rows("SELECT headers::text || encode(raw_body, 'escape') AS said FROM inbox_event")
    assert [secret for secret in secrets for row in kept if secret in str(row["said"])] == []
