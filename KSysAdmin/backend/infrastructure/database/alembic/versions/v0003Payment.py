"""Payments: what was asked, what the bank was told, what came, and the books.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "payment_exception",
    "receipt_evidence",
    "receipt",
    "entry",
    "journal",
    "ledger_account",
    "bank_call",
    "external_id_counter",
    "inbox_event",
    "inbound_token",
    "idempotency_key",
    "payment_feed_head",
    "payment_event",
    "payment_attempt",
    "payment",
)

HELPERS = """
CREATE FUNCTION generate_uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

CREATE FUNCTION money_text(p_minor bigint, p_currency text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF p_currency <> 'IDR' THEN
    RAISE EXCEPTION 'no exponent is known for currency %', p_currency;
  END IF;
  RETURN (p_minor / 100)::text || '.' || lpad((p_minor % 100)::text, 2, '0');
END $$;

CREATE FUNCTION utc_text(p_at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
"""

# The same moves as KSysPayment.backend.domain.models.statuses; a test compares the two, pair by pair.
MOVES = """
CREATE FUNCTION payment_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'unknown' OR NEW.received_minor <> 0 OR NEW.refunded_minor <> 0
     OR NEW.refund_reserved_minor <> 0 THEN
    RAISE EXCEPTION 'a payment begins unknown and unfunded' USING ERRCODE = 'check_violation';
  END IF;
  NEW.version := 1;
  RETURN NEW;
END $$;

CREATE FUNCTION payment_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> OLD.status AND NOT (OLD.status || '>' || NEW.status = ANY (ARRAY[
    'unknown>awaitingPayment', 'unknown>partiallyFunded', 'unknown>paid', 'unknown>expired', 'unknown>failed',
    'awaitingPayment>partiallyFunded', 'awaitingPayment>paid', 'awaitingPayment>expired', 'awaitingPayment>cancelled',
    'partiallyFunded>paid', 'partiallyFunded>expired', 'partiallyFunded>cancelled',
    'expired>partiallyFunded', 'expired>paid', 'cancelled>partiallyFunded', 'cancelled>paid'])) THEN
    RAISE EXCEPTION 'payment % may not go from % to %', OLD.id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_moves';
  END IF;
  IF NEW.received_minor < OLD.received_minor OR NEW.amount_minor <> OLD.amount_minor
     OR NEW.owner_id <> OLD.owner_id THEN
    RAISE EXCEPTION 'payment %: what was asked and what came is not taken back', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_facts';
  END IF;
  IF (NEW.status = 'paid' AND NEW.received_minor < NEW.amount_minor)
     OR (NEW.status = 'partiallyFunded' AND NEW.received_minor = 0) THEN
    RAISE EXCEPTION 'payment % is not % without the money', OLD.id, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_funded';
  END IF;
  NEW.version := OLD.version;
  IF NEW.status <> OLD.status OR NEW.received_minor <> OLD.received_minor
     OR NEW.refunded_minor <> OLD.refunded_minor THEN
    NEW.version := OLD.version + 1;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION payment_attempt_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state = ANY (ARRAY[
    'created>sent', 'sent>accepted', 'sent>rejected', 'sent>unknown', 'unknown>accepted', 'unknown>rejected',
    'accepted>paid', 'accepted>expired', 'accepted>closed'])) THEN
    RAISE EXCEPTION 'attempt % may not go from % to %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_attempt_moves';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER payment_guard_insert BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION payment_guard_insert();
CREATE TRIGGER payment_guard_update BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION payment_guard_update();
CREATE TRIGGER payment_attempt_guard_update BEFORE UPDATE ON payment_attempt
  FOR EACH ROW EXECUTE FUNCTION payment_attempt_guard_update();
"""

# One event and one outbox message per change, in the transaction that made it: nobody can forget them.
EVENTS = """
CREATE FUNCTION payment_record_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_id uuid := generate_uuid7();
  v_from text;
  v_type text := 'payment.created';
  v_at timestamptz := clock_timestamp();
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.version = OLD.version THEN
      RETURN NULL;
    END IF;
    v_from := OLD.status;
    v_type := CASE WHEN NEW.status <> OLD.status THEN 'payment.' || NEW.status ELSE 'payment.updated' END;
  END IF;
  INSERT INTO payment_event (id, owner_id, payment_id, sequence, type, from_status, to_status, payload, occurred_at)
  VALUES (v_id, NEW.owner_id, NEW.id, NEW.version, v_type, v_from, NEW.status, jsonb_build_object(
    'id', NEW.id, 'reference', NEW.reference, 'status', NEW.status, 'previousStatus', v_from, 'method', NEW.method,
    'sequence', NEW.version,
    'amount', jsonb_build_object('value', money_text(NEW.amount_minor, NEW.currency), 'currency', NEW.currency),
    'received', jsonb_build_object('value', money_text(NEW.received_minor, NEW.currency), 'currency', NEW.currency),
    'refunded', jsonb_build_object('value', money_text(NEW.refunded_minor, NEW.currency), 'currency', NEW.currency),
    'createdAt', utc_text(NEW.created_at), 'expiresAt', utc_text(NEW.expires_at), 'paidAt', utc_text(NEW.paid_at)
  ), v_at);
  INSERT INTO outbox_message (id, topic, payload, created_at, available_at, attempts)
  VALUES (generate_uuid7(), 'payment.event', jsonb_build_object(
    'eventId', v_id, 'paymentId', NEW.id, 'ownerId', NEW.owner_id, 'type', v_type), v_at, v_at, 0);
  RETURN NULL;
END $$;

CREATE TRIGGER payment_record_event AFTER INSERT OR UPDATE ON payment
  FOR EACH ROW EXECUTE FUNCTION payment_record_event();

INSERT INTO payment_feed_head (id, last_position) VALUES (1, 0);

CREATE FUNCTION place_payment_events(p_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_head bigint;
  v_placed integer;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM payment_event WHERE feed_position IS NULL) THEN
    RETURN 0;
  END IF;
  SELECT last_position INTO v_head FROM payment_feed_head WHERE id = 1 FOR UPDATE;
  WITH waiting AS (
    SELECT id, row_number() OVER (ORDER BY ordinal) AS place
    FROM payment_event WHERE feed_position IS NULL ORDER BY ordinal LIMIT p_most
  )
  UPDATE payment_event SET feed_position = v_head + waiting.place FROM waiting WHERE payment_event.id = waiting.id;
  GET DIAGNOSTICS v_placed = ROW_COUNT;
  UPDATE payment_feed_head SET last_position = v_head + v_placed WHERE id = 1;
  RETURN v_placed;
END $$;
"""

LEDGER = """
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_call_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_call
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER receipt_evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt_evidence
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER receipt_no_delete BEFORE DELETE OR TRUNCATE ON receipt
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION receipt_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency OR NEW.bank_account <> OLD.bank_account
     OR (OLD.reference_kind = 'bank' AND NEW.bank_reference <> OLD.bank_reference) THEN
    RAISE EXCEPTION 'receipt %: a money fact does not change', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_facts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER receipt_guard_update BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_guard_update();

CREATE FUNCTION ensure_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_journal uuid := CASE TG_TABLE_NAME WHEN 'journal' THEN (to_jsonb(NEW) ->> 'id')::uuid
                    ELSE (to_jsonb(NEW) ->> 'journal_id')::uuid END;
BEGIN
  IF (SELECT count(*) FROM entry WHERE journal_id = v_journal) < 2 THEN
    RAISE EXCEPTION 'journal % has fewer than two entries', v_journal
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_balances';
  END IF;
  IF EXISTS (SELECT 1 FROM entry WHERE journal_id = v_journal GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
    RAISE EXCEPTION 'journal % does not sum to zero', v_journal
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_balances';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER journal_balances AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ensure_journal_balances();
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ensure_journal_balances();

CREATE FUNCTION ledger_account_kind(p_code text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE
    WHEN p_code IN ('bank.bri.settlement', 'clearing.briva', 'clearing.qris') THEN 'asset'
    WHEN p_code IN ('merchant.payable', 'unapplied.funds', 'refund.payable', 'suspense.reconciliation') THEN 'liability'
    WHEN p_code = 'fee.service' THEN 'income'
    WHEN p_code = 'fee.mdr' THEN 'expense'
  END;
END $$;

-- Two statements, since no index answers IS NOT DISTINCT FROM: with many merchants each journal read all of them.
CREATE FUNCTION find_ledger_account(p_code text, p_owner uuid, p_currency text, p_shard integer)
RETURNS uuid LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF p_owner IS NULL THEN
    RETURN (SELECT id FROM ledger_account
            WHERE code = p_code AND owner_id IS NULL AND currency = p_currency AND shard = p_shard);
  END IF;
  RETURN (SELECT id FROM ledger_account
          WHERE code = p_code AND owner_id = p_owner AND currency = p_currency AND shard = p_shard);
END $$;

-- Lines: [{"code","ownerId","shard","amountMinor"}]. The only way an entry comes into being.
CREATE FUNCTION post_journal(
  p_source_type text, p_source_id uuid, p_kind text, p_description text, p_currency text,
  p_at timestamptz, p_lines jsonb
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_journal uuid := generate_uuid7();
  v_accounts uuid[];
BEGIN
  INSERT INTO ledger_account (id, code, kind, owner_id, currency, shard, balance_minor, created_at)
  SELECT generate_uuid7(), l.code, ledger_account_kind(l.code), l."ownerId", p_currency, l.shard, 0, p_at
  FROM (SELECT DISTINCT code, "ownerId", shard
        FROM jsonb_to_recordset(p_lines) AS r(code text, "ownerId" uuid, shard integer) ORDER BY 1, 2, 3) AS l
  WHERE find_ledger_account(l.code, l."ownerId", p_currency, l.shard) IS NULL
  ON CONFLICT DO NOTHING;

  SELECT array_agg(find_ledger_account(l.line ->> 'code', (l.line ->> 'ownerId')::uuid, p_currency,
                                       (l.line ->> 'shard')::integer) ORDER BY l.place)
  INTO v_accounts FROM jsonb_array_elements(p_lines) WITH ORDINALITY AS l(line, place);
  PERFORM 1 FROM ledger_account a WHERE a.id = ANY (v_accounts) ORDER BY a.id FOR NO KEY UPDATE;

  INSERT INTO journal (id, source_type, source_id, kind, description, posted_at)
  VALUES (v_journal, p_source_type, p_source_id, p_kind, p_description, p_at);

  INSERT INTO entry (id, journal_id, account_id, ordinal, currency, amount_minor, posted_at)
  SELECT generate_uuid7(), v_journal, v_accounts[l.place], l.place, p_currency, (l.line ->> 'amountMinor')::bigint, p_at
  FROM jsonb_array_elements(p_lines) WITH ORDINALITY AS l(line, place);

  UPDATE ledger_account a SET balance_minor = a.balance_minor + s.total
  FROM (SELECT account_id, sum(amount_minor)::bigint AS total FROM entry
        WHERE journal_id = v_journal GROUP BY account_id) s
  WHERE a.id = s.account_id;
  RETURN v_journal;
END $$;
"""

# The confirm path: take (lock, first inserts, others attach), then settle (books, payment, exception, audit).
RECEIPTS = """
CREATE FUNCTION take_receipt(
  p_id uuid, p_bank_account text, p_bank_reference text, p_reference_kind text, p_virtual_account_no text,
  p_currency text, p_amount_minor bigint, p_bank_time timestamptz, p_source text, p_origin_id uuid, p_at timestamptz,
  OUT receipt_id uuid, OUT is_new boolean, OUT recorded_amount_minor bigint, OUT recorded_account_no text,
  OUT attempt_id uuid, OUT payment_id uuid, OUT owner_id uuid, OUT payment_status text, OUT payment_amount_minor bigint,
  OUT payment_received_minor bigint, OUT payment_expires_at timestamptz, OUT payment_closed_at timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT a.id, a.payment_id INTO attempt_id, payment_id FROM payment_attempt a
  WHERE a.bank_account = p_bank_account AND a.virtual_account_no = p_virtual_account_no;
  IF payment_id IS NOT NULL THEN
    SELECT p.owner_id, p.status, p.amount_minor, p.received_minor, p.expires_at, p.closed_at
    INTO owner_id, payment_status, payment_amount_minor, payment_received_minor, payment_expires_at, payment_closed_at
    FROM payment p WHERE p.id = payment_id FOR NO KEY UPDATE;
  END IF;

  IF p_reference_kind = 'bank' AND attempt_id IS NOT NULL THEN
    UPDATE receipt SET bank_reference = p_bank_reference, reference_kind = 'bank',
                       bank_time = coalesce(bank_time, p_bank_time)
    WHERE id = (SELECT r.id FROM receipt r
                WHERE r.payment_id = take_receipt.payment_id AND r.attempt_id = take_receipt.attempt_id
                  AND r.reference_kind = 'derived' AND r.amount_minor = p_amount_minor ORDER BY r.id LIMIT 1)
      AND NOT EXISTS (SELECT 1 FROM receipt o
                      WHERE o.bank_account = p_bank_account AND o.bank_reference = p_bank_reference);
  ELSIF p_reference_kind = 'derived' AND attempt_id IS NOT NULL THEN
    -- The movement this teller has told of before, else one it has not: two of its numbers are two movements.
    SELECT r.id INTO receipt_id FROM receipt r
    LEFT JOIN LATERAL (
      SELECT bool_or(e.bank_reference = p_bank_reference) AS same,
             bool_or(e.bank_reference <> p_bank_reference
                     AND split_part(e.bank_reference, ':', 1) = split_part(p_bank_reference, ':', 1)) AS other
      FROM receipt_evidence e WHERE e.receipt_id = r.id) told ON true
    WHERE r.payment_id = take_receipt.payment_id AND r.attempt_id = take_receipt.attempt_id
      AND (told.same OR NOT coalesce(told.other, false))
      AND (r.amount_minor = p_amount_minor OR p_bank_reference LIKE 'status:%')
    ORDER BY coalesce(told.same, false) DESC, r.id LIMIT 1;
  END IF;

  is_new := false;
  IF receipt_id IS NULL THEN
    INSERT INTO receipt (id, bank_account, bank_reference, reference_kind, payment_id, attempt_id, virtual_account_no,
                         currency, amount_minor, bank_time, source, received_at)
    VALUES (p_id, p_bank_account, p_bank_reference, p_reference_kind, take_receipt.payment_id, take_receipt.attempt_id,
            p_virtual_account_no, p_currency, p_amount_minor, p_bank_time, p_source, p_at)
    ON CONFLICT (bank_account, bank_reference) DO NOTHING RETURNING receipt.id INTO receipt_id;
    is_new := receipt_id IS NOT NULL;
  END IF;
  IF receipt_id IS NULL THEN
    SELECT r.id INTO receipt_id FROM receipt r
    WHERE r.bank_account = p_bank_account AND r.bank_reference = p_bank_reference;
  END IF;

  SELECT r.amount_minor, r.virtual_account_no INTO recorded_amount_minor, recorded_account_no
  FROM receipt r WHERE r.id = receipt_id;
  INSERT INTO receipt_evidence (id, receipt_id, source, origin_id, bank_reference, amount_minor, observed_at)
  VALUES (generate_uuid7(), take_receipt.receipt_id, p_source, p_origin_id, p_bank_reference, p_amount_minor, p_at)
  ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION settle_receipt(
  p_receipt_id uuid, p_disposition text, p_exception_kind text, p_detail text, p_shard integer, p_at timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_receipt receipt%ROWTYPE;
  v_payment payment%ROWTYPE;
  v_before text;
BEGIN
  SELECT * INTO STRICT v_receipt FROM receipt WHERE id = p_receipt_id;
  IF v_receipt.disposition IS NOT NULL THEN
    RAISE EXCEPTION 'receipt % is settled already', p_receipt_id USING ERRCODE = 'unique_violation';
  END IF;
  IF p_disposition = 'applied' AND v_receipt.payment_id IS NULL THEN
    RAISE EXCEPTION 'receipt % belongs to no payment', p_receipt_id USING ERRCODE = 'check_violation';
  END IF;
  UPDATE receipt SET disposition = p_disposition WHERE id = p_receipt_id;

  IF v_receipt.payment_id IS NOT NULL THEN
    SELECT * INTO STRICT v_payment FROM payment WHERE id = v_receipt.payment_id FOR NO KEY UPDATE;
    v_before := v_payment.status;
  END IF;
  IF p_disposition = 'applied' THEN
    UPDATE payment SET
      received_minor = received_minor + v_receipt.amount_minor,
      status = CASE WHEN received_minor + v_receipt.amount_minor >= amount_minor THEN 'paid' ELSE 'partiallyFunded' END,
      paid_at = CASE WHEN received_minor + v_receipt.amount_minor >= amount_minor THEN p_at ELSE paid_at END,
      updated_at = p_at
    WHERE id = v_payment.id RETURNING * INTO v_payment;
    UPDATE payment_attempt SET state = 'accepted', resolved_at = coalesce(resolved_at, p_at)
    WHERE id = v_receipt.attempt_id AND state IN ('sent', 'unknown');
    UPDATE payment_attempt SET state = 'paid', closed_at = p_at, next_check_at = NULL
    WHERE id = v_receipt.attempt_id AND state = 'accepted' AND v_payment.status = 'paid';
    UPDATE payment_exception SET state = 'resolved', resolved_at = p_at, resolved_by = 'system',
      resolution = 'the money came'
    WHERE payment_exception.payment_id = v_receipt.payment_id AND payment_exception.attempt_id = v_receipt.attempt_id
      AND state = 'open' AND kind IN ('outcomeUnknown', 'bankPaidUnconfirmed');
  END IF;

  PERFORM post_journal('receipt', v_receipt.id, 'confirmed', 'Money in by ' || v_receipt.bank_reference,
    v_receipt.currency, p_at, jsonb_build_array(
      jsonb_build_object('code', 'clearing.briva', 'ownerId', NULL, 'shard', p_shard,
                         'amountMinor', v_receipt.amount_minor),
      CASE WHEN p_disposition = 'applied'
        THEN jsonb_build_object('code', 'merchant.payable', 'ownerId', v_payment.owner_id, 'shard', 0,
                                'amountMinor', -v_receipt.amount_minor)
        ELSE jsonb_build_object('code', 'unapplied.funds', 'ownerId', NULL, 'shard', 0,
                                'amountMinor', -v_receipt.amount_minor) END));

  IF p_exception_kind IS NOT NULL THEN
    INSERT INTO payment_exception (id, kind, state, dedupe_key, payment_id, attempt_id, receipt_id, detail, facts,
                                   opened_at)
    VALUES (generate_uuid7(), p_exception_kind, 'open', p_exception_kind || ':' || v_receipt.id, v_receipt.payment_id,
      v_receipt.attempt_id, v_receipt.id, p_detail, jsonb_build_object('amountMinor', v_receipt.amount_minor,
      'virtualAccountNo', v_receipt.virtual_account_no, 'bankReference', v_receipt.bank_reference), p_at)
    ON CONFLICT (dedupe_key) DO NOTHING;
    UPDATE payment SET needs_review = true, updated_at = p_at WHERE id = v_receipt.payment_id AND NOT needs_review;
  END IF;

  PERFORM append_audit_event(generate_uuid7(), 'payment', p_at, 'bank', v_receipt.bank_account, NULL,
    'payment.moneyReceived', CASE WHEN v_receipt.payment_id IS NULL THEN 'receipt' ELSE 'payment' END,
    coalesce(v_receipt.payment_id, v_receipt.id)::text, jsonb_build_object('status', v_before),
    jsonb_build_object('status', v_payment.status, 'receiptId', v_receipt.id, 'amountMinor', v_receipt.amount_minor,
                       'disposition', p_disposition), NULL, NULL);
  RETURN v_payment.status;
END $$;
"""

FUNCTIONS = (
    "settle_receipt(uuid, text, text, text, integer, timestamptz)",
    "take_receipt(uuid, text, text, text, text, text, bigint, timestamptz, text, uuid, timestamptz)",
    "post_journal(text, uuid, text, text, text, timestamptz, jsonb)",
    "find_ledger_account(text, uuid, text, integer)",
    "ledger_account_kind(text)",
    "ensure_journal_balances()",
    "receipt_guard_update()",
    "place_payment_events(integer)",
    "payment_record_event()",
    "payment_attempt_guard_update()",
    "payment_guard_update()",
    "payment_guard_insert()",
    "utc_text(timestamptz)",
    "money_text(bigint, text)",
    "generate_uuid7()",
)

GRANTS = """
GRANT SELECT ON payment, payment_attempt, payment_event, idempotency_key, bank_call, external_id_counter, inbound_token,
  inbox_event, receipt, receipt_evidence, ledger_account, journal, entry, payment_exception TO k_public;
GRANT INSERT ON payment, payment_attempt, idempotency_key, bank_call, external_id_counter, inbound_token, inbox_event,
  payment_exception TO k_public;
GRANT UPDATE (status, needs_review, updated_at, closed_at) ON payment TO k_public;
GRANT UPDATE (state, external_day, external_id, sent_at, resolved_at, closed_at, deadline_at, next_check_at,
  check_count, checked_at, bank_code, bank_message) ON payment_attempt TO k_public;
GRANT UPDATE (recovery_point, locked_until, response_status, response_body, finished_at), DELETE
  ON idempotency_key TO k_public;
GRANT UPDATE (last_value) ON external_id_counter TO k_public;
GRANT DELETE ON inbound_token TO k_public;
GRANT UPDATE (state, seen, last_seen_at, tries, next_try_at, processed_at, failure) ON inbox_event TO k_public;
GRANT UPDATE (state, resolved_at, resolved_by, resolution) ON payment_exception TO k_public;
GRANT EXECUTE ON FUNCTION
  take_receipt(uuid, text, text, text, text, text, bigint, timestamptz, text, uuid, timestamptz),
  settle_receipt(uuid, text, text, text, integer, timestamptz), place_payment_events(integer) TO k_public;

GRANT SELECT ON payment, payment_attempt, payment_event, bank_call, receipt, receipt_evidence, ledger_account, journal,
  entry, payment_exception TO k_admin;
GRANT SELECT (id, bank_account, event_key, kind, path, verdict, verdict_detail, state, seen, first_seen_at,
  last_seen_at, tries, next_try_at, processed_at, failure) ON inbox_event TO k_admin;
GRANT UPDATE (state, assignee_id, resolved_at, resolved_by, resolution) ON payment_exception TO k_admin;
"""


def upgrade() -> None:
    _createTables()
    for part in (HELPERS, MOVES, EVENTS, LEDGER, RECEIPTS):
        _execute(part)
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join(FUNCTIONS)} FROM PUBLIC")
    _execute(GRANTS)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")


def _execute(script: str) -> None:
    """The driver takes one statement at a time; a function's body is not a place to cut."""
    statement: list[str] = []
    isInBody = False
    for line in script.strip().splitlines():
        statement.append(line)
        isInBody ^= line.count("$$") % 2 == 1
        if line.endswith(";") and not isInBody:
            op.execute(sa.text("\n".join(statement).replace(":", "\\:")))
            statement = []


def _createTables() -> None:
    op.create_table(
        "external_id_counter",
        sa.Column("bank_account", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bank_account", "day", name=op.f("pk_external_id_counter")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "recovery_point",
            sa.Enum("sent", "finished", name="recovery_point", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("response_body", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("owner_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "inbound_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_inbound_token")),
    )
    op.create_index("ix_inbound_token_expires_at", "inbound_token", ["expires_at"], unique=False)
    op.create_table(
        "inbox_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account", sa.String(length=32), nullable=False),
        sa.Column("event_key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("raw_body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("verified", "refused", name="verdict", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("verdict_detail", sa.String(length=255), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "processed",
                "refused",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_event")),
        sa.UniqueConstraint("bank_account", "event_key", name=op.f("uq_inbox_event_bank_account_event_key")),
    )
    op.create_index(
        "ix_inbox_event_waiting",
        "inbox_event",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_type", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("source_type", "source_id", "kind", name=op.f("uq_journal_source_type_source_id_kind")),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "asset",
                "liability",
                "income",
                "expense",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "code",
            "owner_id",
            "currency",
            "shard",
            name=op.f("uq_ledger_account_code_owner_id_currency_shard"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_ledger_account_owner_id", "ledger_account", ["owner_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "unknown",
                "awaitingPayment",
                "partiallyFunded",
                "paid",
                "expired",
                "cancelled",
                "failed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("briva", "qris", name="method", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("refund_reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("merchant_metadata", postgresql.JSONB(), nullable=False),
        sa.Column("checkout_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint("received_minor >= 0", name=op.f("ck_payment_received_not_negative")),
        sa.CheckConstraint(
            "refund_reserved_minor >= 0 AND refunded_minor >= 0"
            " AND refund_reserved_minor + refunded_minor <= received_minor",
            name=op.f("ck_payment_refunds_within_received"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("checkout_token", name=op.f("uq_payment_checkout_token")),
        sa.UniqueConstraint("owner_id", "reference", name=op.f("uq_payment_owner_id_reference")),
    )
    op.create_index("ix_payment_owner_id_created_at_id", "payment", ["owner_id", "created_at", "id"], unique=False)
    op.create_index("ix_payment_status_expires_at", "payment", ["status", "expires_at"], unique=False)
    op.create_table(
        "payment_feed_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_payment_feed_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_feed_head")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journal_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_entry_amount_not_zero")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_entry_account_id_ledger_account")),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name=op.f("fk_entry_journal_id_journal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("journal_id", "ordinal", name=op.f("uq_entry_journal_id_ordinal")),
    )
    op.create_index("ix_entry_account_id_id", "entry", ["account_id", "id"], unique=False)
    op.create_table(
        "payment_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account", sa.String(length=32), nullable=False),
        sa.Column(
            "method",
            sa.Enum("briva", "qris", name="method", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "sent",
                "unknown",
                "accepted",
                "rejected",
                "paid",
                "expired",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("partner_reference", sa.String(length=64), nullable=False),
        sa.Column("external_day", sa.Date(), nullable=False),
        sa.Column("external_id", sa.String(length=36), nullable=False),
        sa.Column("partner_service_id", sa.String(length=8), nullable=False),
        sa.Column("customer_no", sa.String(length=20), nullable=False),
        sa.Column("virtual_account_no", sa.String(length=28), nullable=False),
        sa.Column("account_name", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_count", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bank_code", sa.String(length=16), nullable=True),
        sa.Column("bank_message", sa.String(length=255), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_attempt_amount_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_attempt_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint(
            "bank_account",
            "external_day",
            "external_id",
            name=op.f("uq_payment_attempt_bank_account_external_day_external_id"),
        ),
        sa.UniqueConstraint(
            "bank_account", "partner_reference", name=op.f("uq_payment_attempt_bank_account_partner_reference")
        ),
        sa.UniqueConstraint(
            "bank_account", "virtual_account_no", name=op.f("uq_payment_attempt_bank_account_virtual_account_no")
        ),
    )
    op.create_index(
        "ix_payment_attempt_next_check_at",
        "payment_attempt",
        ["next_check_at"],
        unique=False,
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index("ix_payment_attempt_payment_id", "payment_attempt", ["payment_id"], unique=False)
    op.create_table(
        "payment_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=48), nullable=False),
        sa.Column("from_status", sa.String(length=40), nullable=True),
        sa.Column("to_status", sa.String(length=40), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feed_position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_event_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
        sa.UniqueConstraint("feed_position", name=op.f("uq_payment_event_feed_position")),
        sa.UniqueConstraint("payment_id", "sequence", name=op.f("uq_payment_event_payment_id_sequence")),
    )
    op.create_index(
        "ix_payment_event_owner_id_feed_position", "payment_event", ["owner_id", "feed_position"], unique=False
    )
    op.create_index(
        "ix_payment_event_unplaced",
        "payment_event",
        ["ordinal"],
        unique=False,
        postgresql_where=sa.text("feed_position IS NULL"),
    )
    op.create_table(
        "bank_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account", sa.String(length=32), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("http_method", sa.String(length=8), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("external_day", sa.Date(), nullable=True),
        sa.Column("external_id", sa.String(length=36), nullable=True),
        sa.Column("request_headers", postgresql.JSONB(), nullable=False),
        sa.Column("request_body", sa.Text(), nullable=False),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("response_body", sa.Text(), nullable=True),
        sa.Column("response_code", sa.String(length=16), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("ok", "rejected", "unknown", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("failure", sa.String(length=255), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_bank_call_attempt_id_payment_attempt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_call")),
        sa.UniqueConstraint(
            "bank_account",
            "external_day",
            "external_id",
            name=op.f("uq_bank_call_bank_account_external_day_external_id"),
        ),
    )
    op.create_index("ix_bank_call_attempt_id_started_at", "bank_call", ["attempt_id", "started_at"], unique=False)
    op.create_index("ix_bank_call_started_at", "bank_call", ["started_at"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account", sa.String(length=32), nullable=False),
        sa.Column("bank_reference", sa.String(length=128), nullable=False),
        sa.Column(
            "reference_kind",
            sa.Enum("bank", "derived", name="reference_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("virtual_account_no", sa.String(length=28), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "notification",
                "inquiry",
                "report",
                "statement",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "disposition",
            sa.Enum("applied", "unapplied", name="disposition", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_receipt_amount_positive")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_receipt_attempt_id_payment_attempt")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_receipt_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("bank_account", "bank_reference", name=op.f("uq_receipt_bank_account_bank_reference")),
    )
    op.create_index("ix_receipt_payment_id", "receipt", ["payment_id"], unique=False)
    op.create_index("ix_receipt_received_at", "receipt", ["received_at"], unique=False)
    op.create_table(
        "payment_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "amountDiffers",
                "evidenceDiffers",
                "lateMoney",
                "paidTwice",
                "unknownAccount",
                "outcomeUnknown",
                "notificationUnreadable",
                "bankPaidUnconfirmed",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "resolved", name="state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.String(length=255), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=True),
        sa.Column("resolution", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_payment_exception_attempt_id_payment_attempt")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_exception_payment_id_payment")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_payment_exception_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_exception")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_payment_exception_dedupe_key")),
    )
    op.create_index("ix_payment_exception_payment_id", "payment_exception", ["payment_id"], unique=False)
    op.create_index("ix_payment_exception_state_opened_at", "payment_exception", ["state", "opened_at"], unique=False)
    op.create_table(
        "receipt_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "notification",
                "inquiry",
                "report",
                "statement",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("bank_reference", sa.String(length=128), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_evidence_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_evidence")),
        sa.UniqueConstraint(
            "receipt_id", "source", "origin_id", name=op.f("uq_receipt_evidence_receipt_id_source_origin_id")
        ),
    )
