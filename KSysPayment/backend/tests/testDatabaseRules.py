"""What the database refuses whoever asks, and what the public server's role may not do at all."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

import asyncpg
import pytest

from KSysPayment.backend.domain.models.statuses import ATTEMPT_MOVES, PAYMENT_MOVES, AttemptState, PaymentStatus
from KSysPayment.backend.tests.support.paymentServer import PaymentServer

Row = Mapping[str, object]


class Transaction(Protocol):
    async def start(self) -> None: ...

    async def commit(self) -> None: ...

    async def rollback(self) -> None: ...


class Connection(Protocol):
    """What is used here of the driver's untyped connection."""

    async def execute(self, statement: str, *values: object) -> str: ...

    async def fetch(self, statement: str, *values: object) -> Sequence[Row]: ...

    async def fetchval(self, statement: str, *values: object) -> object: ...

    def transaction(self) -> Transaction: ...

    async def close(self) -> None: ...


class Roles(Protocol):
    @property
    def owner(self) -> str: ...

    @property
    def public(self) -> str: ...

    @property
    def admin(self) -> str: ...


async def connect(url: str) -> Connection:
    connection: Connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://", 1))
    return connection


@pytest.fixture(name="owner")
async def connectOwner(database: Roles) -> AsyncIterator[Connection]:
    connection = await connect(database.owner)
    yield connection
    await connection.close()


@pytest.fixture(name="public")
async def connectPublic(database: Roles) -> AsyncIterator[Connection]:
    connection = await connect(database.public)
    yield connection
    await connection.close()


@pytest.fixture(name="admin")
async def connectAdmin(database: Roles) -> AsyncIterator[Connection]:
    connection = await connect(database.admin)
    yield connection
    await connection.close()


@pytest.fixture(name="paid", scope="module")
async def payOne(server: PaymentServer) -> str:
    """A payment with money in the books."""
    payment = (await server.create()).json()
    await server.pay(payment["briva"]["virtualAccountNo"])
    await server.run("processInbox")
    return str(payment["id"])


async def testPaymentMovesAreTheSameInCodeAndDatabase(server: PaymentServer, owner: Connection) -> None:
    payment = (await server.create()).json()
    for start, end in itertools.permutations(PaymentStatus, 2):
        legal = await accepts(
            owner,
            "payment",
            payment["id"],
            "status",
            (start, end),
            "ALTER TABLE payment DISABLE TRIGGER payment_guard_update",
            "ALTER TABLE payment ENABLE TRIGGER payment_guard_update",
        )
        assert legal == (end in PAYMENT_MOVES[start]), f"{start}>{end}"


async def testAttemptMovesAreTheSameInCodeAndDatabase(server: PaymentServer, owner: Connection) -> None:
    payment = (await server.create()).json()
    attemptId = await owner.fetchval("SELECT id FROM payment_attempt WHERE payment_id = $1", payment["id"])
    for start, end in itertools.permutations(AttemptState, 2):
        legal = await accepts(
            owner,
            "payment_attempt",
            attemptId,
            "state",
            (start, end),
            "ALTER TABLE payment_attempt DISABLE TRIGGER payment_attempt_guard_update",
            "ALTER TABLE payment_attempt ENABLE TRIGGER payment_attempt_guard_update",
        )
        assert legal == (end in ATTEMPT_MOVES[start]), f"{start}>{end}"


async def accepts(
    owner: Connection, table: str, rowId: object, column: str, move: tuple[str, str], off: str, on: str
) -> bool:
    """Whether the database lets this row make this move; nothing of it stays."""
    came = "CASE $1::text WHEN 'paid' THEN amount_minor WHEN 'partiallyFunded' THEN 1 ELSE received_minor END"
    money = f", received_minor = {came}"
    more = money if table == "payment" else ""
    change = f"UPDATE {table} SET {column} = $1::text{more} WHERE id = $2"  # noqa: S608 - names from this file
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute(off)
        await owner.execute(change, str(move[0]), rowId)
        await owner.execute(on)
        await owner.execute(change, str(move[1]), rowId)
    except asyncpg.CheckViolationError:
        return False
    finally:
        await transaction.rollback()
    return True


async def testJournalThatDoesNotSumToZeroIsRefusedAtCommit(owner: Connection, paid: str) -> None:
    accounts = await owner.fetch("SELECT id FROM ledger_account LIMIT 2")
    transaction = owner.transaction()
    await transaction.start()
    journal = await owner.fetchval(
        "INSERT INTO journal (id, source_type, source_id, kind, description, posted_at)"
        " VALUES (generate_uuid7(), 'test', generate_uuid7(), 'test', 'test', now()) RETURNING id"
    )
    for ordinal, (account, amount) in enumerate(zip(accounts, (100, -99), strict=True)):
        await owner.execute(
            "INSERT INTO entry (id, journal_id, account_id, ordinal, currency, amount_minor, posted_at)"
            " VALUES (generate_uuid7(), $1, $2, $3, 'IDR', $4, now())",
            journal,
            account["id"],
            ordinal,
            amount,
        )
    with pytest.raises(asyncpg.CheckViolationError, match="sum to zero"):
        await transaction.commit()


async def testJournalWithoutEntriesIsRefusedAtCommit(owner: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="fewer than two"):
        await owner.execute(
            "INSERT INTO journal (id, source_type, source_id, kind, description, posted_at)"
            " VALUES (generate_uuid7(), 'test', generate_uuid7(), 'test', 'test', now())"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET amount_minor = amount_minor * 2",
        "DELETE FROM entry",
        "TRUNCATE entry",
        "UPDATE journal SET description = 'x'",
        "DELETE FROM journal",
        "DELETE FROM receipt",
        "UPDATE receipt SET amount_minor = amount_minor + 1",
        "UPDATE receipt SET bank_reference = 'x'",
        "UPDATE receipt_evidence SET amount_minor = 1",
        "DELETE FROM bank_call",
        "UPDATE payment SET amount_minor = amount_minor + 1",
        "UPDATE payment SET received_minor = 0 WHERE received_minor > 0",
        "INSERT INTO journal SELECT generate_uuid7(), source_type, source_id, kind, 'again', now() FROM journal",
    ],
)
async def testNotEvenTheOwnerRewritesTheBooks(owner: Connection, paid: str, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await owner.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO entry SELECT * FROM entry",
        "UPDATE entry SET amount_minor = 1",
        "DELETE FROM entry",
        "TRUNCATE entry",
        "INSERT INTO journal SELECT * FROM journal",
        "UPDATE ledger_account SET balance_minor = 1",
        "INSERT INTO ledger_account SELECT * FROM ledger_account",
        "SELECT post_journal('x', gen_random_uuid(), 'x', 'x', 'IDR', now(), '[]')",
        "INSERT INTO receipt SELECT * FROM receipt",
        "UPDATE receipt SET disposition = 'applied'",
        "DELETE FROM receipt",
        "UPDATE payment SET received_minor = amount_minor",
        "UPDATE payment SET amount_minor = 1",
        "UPDATE payment SET owner_id = gen_random_uuid()",
        "DELETE FROM payment",
        "UPDATE payment_attempt SET amount_minor = 1",
        "UPDATE bank_call SET outcome = 'ok'",
        "DELETE FROM bank_call",
        "INSERT INTO payment_event OVERRIDING SYSTEM VALUE SELECT * FROM payment_event",
        "UPDATE payment_event SET payload = '{}'",
        "UPDATE payment_feed_head SET last_position = 0",
        "UPDATE inbox_event SET raw_body = ''",
        "DELETE FROM inbox_event",
        "DELETE FROM payment_exception",
        "INSERT INTO audit_event SELECT * FROM audit_event",
        "DELETE FROM audit_event",
        "SELECT * FROM audit_event",
        "CREATE TABLE mine (id integer)",
        "ALTER TABLE payment ADD COLUMN mine integer",
        "DROP TABLE payment",
        "ALTER TABLE payment DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ],
)
async def testThePublicServerMayNotTouchTheBooks(public: Connection, paid: str, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await public.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment SET status = 'paid'",
        "INSERT INTO entry SELECT * FROM entry",
        "UPDATE ledger_account SET balance_minor = 1",
        "SELECT raw_body FROM inbox_event",
        "SELECT * FROM idempotency_key",
        "SELECT * FROM inbound_token",
        "DELETE FROM payment_exception",
    ],
)
async def testTheAdminServerOnlyReadsMoney(admin: Connection, paid: str, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await admin.execute(statement)


@pytest.mark.parametrize("status", ["paid", "partiallyFunded"])
async def testNobodyCallsAPaymentPaidWithoutTheMoney(server: PaymentServer, public: Connection, status: str) -> None:
    payment = (await server.create()).json()
    with pytest.raises(asyncpg.CheckViolationError, match="without the money"):
        await public.execute("UPDATE payment SET status = $1 WHERE id = $2", status, payment["id"])


async def testAPaymentIsNotBornFunded(public: Connection, paid: str) -> None:
    names = [
        str(row["column_name"])
        for row in await public.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'payment'")
    ]
    changed = {"id": "gen_random_uuid()", "reference": "'BORN'", "checkout_token": "'born'"}
    chosen = ", ".join(changed.get(name, name) for name in names)
    columns = ", ".join(names)
    statement = f"INSERT INTO payment ({columns}) SELECT {chosen} FROM payment WHERE id = $1"  # noqa: S608 - own names
    with pytest.raises(asyncpg.CheckViolationError):
        await public.execute(statement, paid)


async def testAJournalReadsItsOwnAccountsHoweverManyMerchantsThereAre(owner: Connection) -> None:
    read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'ledger_account'"
    line = "'code', 'merchant.payable', 'ownerId', gen_random_uuid(), 'shard', 0, 'amountMinor'"
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute(
            "INSERT INTO ledger_account (id, code, kind, owner_id, currency, shard, balance_minor, created_at)"
            " SELECT gen_random_uuid(), 'merchant.payable', 'liability', gen_random_uuid(), 'IDR', 0, 0, now()"
            " FROM generate_series(1, 2000)"
        )
        await owner.execute("ANALYZE ledger_account")
        before = await owner.fetchval(read)
        await owner.execute(
            "SELECT post_journal('test', gen_random_uuid(), 'test', 'test', 'IDR', now(),"
            f" jsonb_build_array(jsonb_build_object({line}, 5), jsonb_build_object({line}, -5)))"
        )
        after = await owner.fetchval(read)
    finally:
        await transaction.rollback()
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after - before < 50


async def testAuditChainHolds(owner: Connection, paid: str) -> None:
    assert await owner.fetchval("SELECT verify_audit_chain('payment')") is None
    actions = await owner.fetch("SELECT action FROM audit_event WHERE target_id = $1 ORDER BY seq", paid)
    assert next(row["action"] for row in actions) == "payment.created"
    assert "payment.moneyReceived" in {row["action"] for row in actions}
