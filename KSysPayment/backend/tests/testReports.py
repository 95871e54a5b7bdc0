"""Money found in the bank's report: by clocks that differ, after an outage, under other references, beside bad rows."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from KSysPayment.backend.domain.models.receipt import ReceiptSource, ReferenceKind
from KSysPayment.backend.domain.policies.jakartaCalendar import CLOCKS_DIFFER, jakartaDay, reportWindows
from KSysPayment.backend.tests.support.paymentServer import ChangeAsOwner, PaymentServer, runPaymentServer
from KSysPayment.backend.tests.testPaymentStory import book
from KSysPayment.simulator.testing import RunningSimulator, startSimulator
from shared.backend.utils.uuid import generateId

WIDE = 3600


@pytest.fixture(scope="module", name="simulator")
def startPatientSimulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A bank that does not mind what our clock says."""
    tolerance = {"SIMULATOR_TIMESTAMP_TOLERANCE_SECONDS": str(10 * 86_400)}
    running = startSimulator(tmp_path_factory.mktemp("simulator"), overrides=tolerance)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module", name="server")
async def startPatientServer(
    serverEnvironment: dict[str, object], simulator: RunningSimulator
) -> AsyncIterator[PaymentServer]:
    async with runPaymentServer(serverEnvironment, simulator, briTimestampToleranceSeconds=WIDE) as running:
        yield running


async def sweep(server: PaymentServer) -> None:
    await server.resources.redis.delete("kpayment:lease:paymentReport")
    await server.run("sweepReport")


async def setBankClock(server: PaymentServer, offset: timedelta) -> None:
    response = await server.bank.put("/simulator/clock", json={"offsetSeconds": offset.total_seconds()})
    assert response.status_code == 200, response.text


async def payUnnoticed(server: PaymentServer, digits: str, amount: str = "150000.00") -> None:
    """Money to an account we never opened, and no word of it."""
    await server.fault("notify", "lost")
    await server.pay(digits, amount, force=True)


async def accountsWithReceipts(server: PaymentServer, digits: Sequence[str]) -> set[str]:
    rows = await server.rows("SELECT virtual_account_no AS no FROM receipt")
    return {str(row["no"]) for row in rows} & set(digits)


@pytest.mark.parametrize("minutes", [-10, -6, 0, 6, 10])
async def testStrayMoneyIsFoundThoughTheClocksDiffer(server: PaymentServer, minutes: int) -> None:
    digits = f"22084{7_000_000_000_000 + minutes}"
    await (await server.create()).aread()
    await sweep(server)
    await setBankClock(server, timedelta(minutes=minutes))
    try:
        await payUnnoticed(server, digits)
        await sweep(server)
    finally:
        await setBankClock(server, timedelta())
    assert await accountsWithReceipts(server, [digits]) == {digits}
    assert await server.violations() == {}


@pytest.mark.parametrize("minutes", [-10, 10])
async def testPaidAccountIsNamedByTheReportThoughTheClocksDiffer(server: PaymentServer, minutes: int) -> None:
    payment = (await server.create()).json()
    await server.makeDue()
    await server.run("checkAttempts")
    await setBankClock(server, timedelta(minutes=minutes))
    try:
        await server.fault("notify", "lost")
        await server.pay(payment["briva"]["virtualAccountNo"])
        await server.makeDue()
        await server.run("checkAttempts")
    finally:
        await setBankClock(server, timedelta())
    assert (await server.get(payment["id"]))["status"] == "paid"
    digits = payment["briva"]["virtualAccountNo"]
    rows = await server.rows("SELECT reference_kind FROM receipt WHERE virtual_account_no = :digits", digits=digits)
    assert [row["reference_kind"] for row in rows] == ["bank"]


async def testMoneyOfAnOutageOfDaysIsFoundAfterTheStart(
    server: PaymentServer,
    simulator: RunningSimulator,
    serverEnvironment: dict[str, object],
    changeAsOwner: ChangeAsOwner,
) -> None:
    digits = "220848000000000000"
    await setBankClock(server, timedelta(days=-2, hours=-12))
    try:
        await payUnnoticed(server, digits)
    finally:
        await setBankClock(server, timedelta())
    for statement in (
        "ALTER TABLE bank_call DISABLE TRIGGER bank_call_append_only",
        "UPDATE bank_call SET started_at = started_at - interval '3 days' WHERE operation = 'report'",
        "ALTER TABLE bank_call ENABLE TRIGGER bank_call_append_only",
    ):
        await changeAsOwner(statement)
    async with runPaymentServer(serverEnvironment, simulator, briTimestampToleranceSeconds=WIDE) as restarted:
        await sweep(restarted)
        assert await accountsWithReceipts(restarted, [digits]) == {digits}
    await server.bank.put("/simulator/merchant", json={"baseUrl": f"{server.baseUrl}/api/payment/bri"})


async def testALineThatCannotBeBookedDoesNotHoldTheOthersUp(
    server: PaymentServer, changeAsOwner: ChangeAsOwner
) -> None:
    bad, good = "220849100000000001", "220849100000000002"
    await changeAsOwner(
        "CREATE FUNCTION refuse_bad() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bad'; END $$"
    )
    await changeAsOwner(
        "CREATE TRIGGER refuse_bad BEFORE INSERT ON receipt FOR EACH ROW"
        f" WHEN (NEW.virtual_account_no = '{bad}') EXECUTE FUNCTION refuse_bad()"
    )
    await payUnnoticed(server, bad)
    await payUnnoticed(server, good)
    await sweep(server)
    assert await accountsWithReceipts(server, [bad, good]) == {good}
    await changeAsOwner("DROP FUNCTION refuse_bad() CASCADE")
    await sweep(server)
    assert await accountsWithReceipts(server, [bad, good]) == {bad, good}


async def testANotificationThatCannotBeBookedDoesNotHoldTheOthersUp(
    server: PaymentServer, changeAsOwner: ChangeAsOwner
) -> None:
    payments = [(await server.create()).json() for _ in range(4)]
    numbers = [payment["briva"]["virtualAccountNo"] for payment in payments]
    await changeAsOwner(
        "CREATE FUNCTION refuse_bad() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bad'; END $$"
    )
    await changeAsOwner(
        "CREATE TRIGGER refuse_bad BEFORE INSERT ON receipt FOR EACH ROW"
        f" WHEN (NEW.virtual_account_no = '{numbers[0]}') EXECUTE FUNCTION refuse_bad()"
    )
    for number in numbers:
        await server.pay(number)
    await server.run("processInbox")
    statuses = [(await server.get(payment["id"]))["status"] for payment in payments]
    assert statuses == ["awaitingPayment", "paid", "paid", "paid"]
    await changeAsOwner("DROP FUNCTION refuse_bad() CASCADE")
    await server.change("UPDATE inbox_event SET next_try_at = now() WHERE state = 'received'")
    await server.run("processInbox")
    assert (await server.get(payments[0]["id"]))["status"] == "paid"
    assert await server.violations() == {}


async def testDoubtfulNotificationWaitsForAsLongAsTheReportIsSilent(server: PaymentServer) -> None:
    payment = (await server.create()).json()
    await server.fault("notify", "amountMismatch")
    await server.pay(payment["briva"]["virtualAccountNo"])
    for _ in range(6):
        await server.fault("report", "htmlBody")
        await server.change("UPDATE inbox_event SET next_try_at = now() WHERE state = 'received'")
        await server.run("processInbox")
    assert (await server.get(payment["id"]))["status"] == "awaitingPayment"
    assert await accountsWithReceipts(server, [payment["briva"]["virtualAccountNo"]]) == set()
    await server.change("UPDATE inbox_event SET next_try_at = now() WHERE state = 'received'")
    await server.run("processInbox")
    after = await server.get(payment["id"])
    assert (after["status"], after["received"]) == ("paid", {"value": "150000.00", "currency": "IDR"})
    assert await server.violations() == {}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
async def testTwoMovementsAreTwoReceiptsInWhateverOrderAndUnderWhateverNamesTheyAreTold(
    server: PaymentServer, order: Sequence[int]
) -> None:
    """The notification's reference and the report's own number tell of the same two movements, some of it twice."""
    digits = (await server.create()).json()["briva"]["virtualAccountNo"]
    unique = str(generateId())
    tellings = [
        (f"{unique}-1", ReferenceKind.BANK, ReceiptSource.NOTIFICATION),
        (f"{unique}-2", ReferenceKind.BANK, ReceiptSource.NOTIFICATION),
        (f"report:{unique}-A", ReferenceKind.DERIVED, ReceiptSource.REPORT),
        (f"report:{unique}-B", ReferenceKind.DERIVED, ReceiptSource.REPORT),
    ]
    for index in (*order, order[0], order[2]):
        reference, kind, source = tellings[index]
        await book(server, digits, 150_000_00, bankReference=reference, referenceKind=kind, source=source)
    rows = await server.rows("SELECT bank_reference AS ref FROM receipt WHERE virtual_account_no = :no", no=digits)
    assert sorted(str(row["ref"]) for row in rows) == [f"{unique}-1", f"{unique}-2"]


async def testTwoNumbersOfTheReportAreTwoMovements(server: PaymentServer) -> None:
    digits, unique = (await server.create()).json()["briva"]["virtualAccountNo"], str(generateId())
    for letter in "ABABB":
        more = {"referenceKind": ReferenceKind.DERIVED, "source": ReceiptSource.REPORT}
        await book(server, digits, 150_000_00, bankReference=f"report:{unique}-{letter}", **more)
    rows = await server.rows(
        "SELECT disposition FROM receipt WHERE virtual_account_no = :no ORDER BY received_at", no=digits
    )
    assert [row["disposition"] for row in rows] == ["applied", "unapplied"]
    assert await server.violations() == {}


async def testOneMovementUnderThreeNamesIsOneReceipt(server: PaymentServer) -> None:
    for order in itertools.permutations(range(3)):
        digits, unique = (await server.create()).json()["briva"]["virtualAccountNo"], str(generateId())
        tellings = [
            (unique, ReferenceKind.BANK, ReceiptSource.INQUIRY),
            (f"report:{unique}", ReferenceKind.DERIVED, ReceiptSource.REPORT),
            (f"status:{unique}", ReferenceKind.DERIVED, ReceiptSource.INQUIRY),
        ]
        for index in (*order, *order):
            reference, kind, source = tellings[index]
            await book(server, digits, 150_000_00, bankReference=reference, referenceKind=kind, source=source)
        rows = await server.rows("SELECT bank_reference AS ref FROM receipt WHERE virtual_account_no = :no", no=digits)
        assert [row["ref"] for row in rows] == [unique]
    assert await server.violations() == {}


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 30, 16, 50, tzinfo=UTC),
        datetime(2026, 11, 30, 17, 0, tzinfo=UTC),
        datetime(2026, 12, 31, 17, 5, tzinfo=UTC),
        datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    ],
)
def testTheReportIsNeverAskedForADayThatHasNotBegun(now: datetime) -> None:
    windows = reportWindows(now - timedelta(minutes=1), now)
    assert windows[0][0] <= now - CLOCKS_DIFFER
    assert windows[-1][1] >= now
    assert all(jakartaDay(start) == jakartaDay(end) <= jakartaDay(now) for start, end in windows)
