from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import text

from KSysPayment.backend.domain.interfaces.invariantsInterface import InvariantsInterface
from KSysPayment.backend.domain.models.statuses import PAYMENT_MOVES
from shared.backend.database.engine import Database

PATIENCE: Final = timedelta(minutes=5)
MOST_SHOWN: Final = 20
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
LEGAL_MOVES: Final = sorted(f"{start.value}>{end.value}" for start, ends in PAYMENT_MOVES.items() for end in ends)

INVARIANTS: Final[Mapping[str, str]] = {
    "journalsSumToZero": """
        SELECT j.id::text FROM journal j LEFT JOIN entry e ON e.journal_id = j.id WHERE j.posted_at >= :since
        GROUP BY j.id, e.currency HAVING count(e.id) < 2 OR sum(e.amount_minor) <> 0
    """,
    "balancesEqualEntries": """
        SELECT a.id::text FROM ledger_account a
        LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM entry GROUP BY account_id) e
          ON e.account_id = a.id
        WHERE a.balance_minor <> coalesce(e.total, 0)
    """,
    "ledgerSumsToZero": """
        SELECT currency || ' ' || sum(balance_minor)::text FROM ledger_account
        GROUP BY currency HAVING sum(balance_minor) <> 0
    """,
    "receivedEqualsAppliedReceipts": """
        SELECT p.id::text FROM payment p LEFT JOIN receipt r ON r.payment_id = p.id AND r.disposition = 'applied'
        WHERE p.updated_at >= :since
        GROUP BY p.id HAVING p.received_minor <> coalesce(sum(r.amount_minor), 0)
    """,
    "refundsWithinReceived": """
        SELECT id::text FROM payment
        WHERE updated_at >= :since AND refund_reserved_minor + refunded_minor > received_minor
    """,
    "paidMeansFunded": """
        SELECT id::text FROM payment
        WHERE updated_at >= :since AND (status = 'paid') <> (received_minor >= amount_minor)
    """,
    "oneJournalPerReceipt": """
        SELECT r.id::text FROM receipt r
        LEFT JOIN journal j ON j.source_type = 'receipt' AND j.source_id = r.id AND j.kind = 'confirmed'
        WHERE r.received_at >= :since
        GROUP BY r.id HAVING count(j.id) <> 1 OR r.disposition IS NULL
    """,
    "journalsEqualReceipts": """
        SELECT r.id::text FROM receipt r JOIN journal j ON j.source_type = 'receipt' AND j.source_id = r.id
        JOIN entry e ON e.journal_id = j.id AND e.amount_minor > 0
        WHERE r.received_at >= :since
        GROUP BY r.id HAVING sum(e.amount_minor) <> r.amount_minor
    """,
    "unappliedMoneyHasException": """
        SELECT r.id::text FROM receipt r WHERE r.disposition = 'unapplied' AND r.received_at >= :since
        AND r.id NOT IN (SELECT x.receipt_id FROM payment_exception x WHERE x.receipt_id IS NOT NULL)
    """,
    "notificationsAreProcessed": """
        SELECT id::text FROM inbox_event WHERE state = 'received' AND first_seen_at < :patience
    """,
    "movesAreLegal": """
        SELECT payment_id::text || ' ' || from_status || '>' || to_status FROM payment_event
        WHERE occurred_at >= :since AND from_status IS NOT NULL AND from_status <> to_status
        AND NOT (from_status || '>' || to_status = ANY (:moves))
    """,
    "eventsFollowEachOther": """
        SELECT payment_id::text FROM (
          SELECT payment_id, sequence, from_status,
                 lag(to_status) OVER steps AS last_status, row_number() OVER steps AS place
          FROM payment_event WHERE payment_id IN (SELECT id FROM payment WHERE updated_at >= :since)
          WINDOW steps AS (PARTITION BY payment_id ORDER BY sequence)) e
        WHERE sequence <> place OR from_status IS DISTINCT FROM last_status
    """,
    "oneEventPerChange": """
        SELECT p.id::text FROM payment p LEFT JOIN payment_event e ON e.payment_id = p.id WHERE p.updated_at >= :since
        GROUP BY p.id HAVING count(e.id) <> p.version
    """,
    "eventsAreSent": """
        SELECT id::text FROM payment_event WHERE occurred_at >= :since AND id::text NOT IN (
          SELECT payload ->> 'eventId' FROM outbox_message
          WHERE topic = 'payment.event' AND created_at >= :since AND payload ->> 'eventId' IS NOT NULL)
        UNION ALL
        SELECT payload ->> 'eventId' FROM outbox_message WHERE topic = 'payment.event' AND created_at >= :since
        GROUP BY payload ->> 'eventId' HAVING count(*) > 1
    """,
    "outboxIsDelivered": """
        SELECT id::text FROM outbox_message WHERE topic = 'payment.event' AND delivered_at IS NULL AND dead_at IS NULL
        AND attempts = 0 AND available_at < :patience
    """,
    "finishedKeysHaveAnswers": """
        SELECT owner_id::text || ' ' || resource_id::text FROM idempotency_key
        WHERE created_at >= :since AND recovery_point = 'finished'
        AND (response_status IS NULL OR response_body IS NULL)
    """,
    "clearingEqualsUnsettledReceipts": """
        SELECT 'clearing ' || c.total || ' receipts ' || r.total
        FROM (SELECT coalesce(sum(balance_minor), 0) AS total FROM ledger_account WHERE code = 'clearing.briva') c,
             (SELECT coalesce(sum(amount_minor), 0) AS total FROM receipt WHERE settled_at IS NULL) r
        WHERE c.total <> r.total
    """,
    "overdueOutcomesHaveException": """
        SELECT a.id::text FROM payment_attempt a WHERE a.state IN ('sent', 'unknown') AND a.deadline_at < :overdue
        AND NOT EXISTS (SELECT 1 FROM payment_exception x WHERE x.attempt_id = a.id AND x.kind = 'outcomeUnknown'
                        AND x.state = 'open')
    """,
    "auditChainIsIntact": """
        SELECT 'payment ' || verify_audit_chain('payment')::text
        WHERE verify_audit_chain('payment') IS NOT NULL
    """,
}
NEEDS_EVERYTHING: Final = frozenset({"balancesEqualEntries", "clearingEqualsUnsettledReceipts", "auditChainIsIntact"})
OVERDUE_PATIENCE: Final = timedelta(minutes=20)  # the last wait between two looks at an unknown outcome is fifteen
_MAY_VERIFY: Final = text("SELECT has_function_privilege('verify_audit_chain(text)', 'EXECUTE')")


class InvariantsRepository(InvariantsInterface):
    """
    Each invariant is one statement, so it sees one moment. Callable on any role that may read the tables.

    The audit chain is verified only where the role may do so (not the public server's).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def findViolations(self, at: datetime, since: datetime | None = None) -> Mapping[str, Sequence[str]]:
        violations: dict[str, Sequence[str]] = {}
        for name in await self._checkable():
            if since is not None and name in NEEDS_EVERYTHING:
                continue
            found = await self._check(INVARIANTS[name], at, since or BEGINNING)
            violations.update({name: found} if found else {})
        return violations

    async def _checkable(self) -> Sequence[str]:
        async with self._database.openSession() as session:
            mayVerify = (await (await session.connection()).execute(_MAY_VERIFY)).scalar_one()
        return [name for name in INVARIANTS if mayVerify or name != "auditChainIsIntact"]

    async def _check(self, statement: str, at: datetime, since: datetime) -> Sequence[str]:
        values = {"patience": at - PATIENCE, "overdue": at - OVERDUE_PATIENCE, "moves": LEGAL_MOVES, "since": since}
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        query = text(f"SELECT * FROM ({statement}) AS broken LIMIT {MOST_SHOWN}")  # noqa: S608 - constants of this file
        async with self._database.openSession() as session:
            rows = (await (await session.connection()).execute(query, wanted)).scalars().all()
        return [str(row) for row in rows]
