"""Limits of requests under way, cost and leases; address lists; the penalty box."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE rate_limit_policy
        ADD COLUMN kind varchar(20) DEFAULT 'rate' NOT NULL,
        ADD COLUMN cost integer DEFAULT 1 NOT NULL,
        ADD COLUMN leased boolean,
        ADD CONSTRAINT ck_rate_limit_policy_kind CHECK (kind IN ('rate', 'concurrency')),
        ADD CONSTRAINT ck_rate_limit_policy_cost CHECK (cost > 0)
    """,
    """
    CREATE TABLE address_entry (
        id uuid NOT NULL,
        verdict varchar(10) NOT NULL,
        network varchar(43) NOT NULL,
        name varchar(100) NOT NULL,
        reason varchar(500) NOT NULL,
        ends_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT pk_address_entry PRIMARY KEY (id),
        CONSTRAINT uq_address_entry_network UNIQUE (network),
        CONSTRAINT ck_address_entry_verdict CHECK (verdict IN ('allow', 'deny'))
    )
    """,
    """
    CREATE TABLE penalty_box (
        id smallint NOT NULL,
        enabled boolean NOT NULL,
        refusals integer NOT NULL,
        within_seconds integer NOT NULL,
        penalty_seconds integer NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT pk_penalty_box PRIMARY KEY (id),
        CONSTRAINT ck_penalty_box_only_one CHECK (id = 1),
        CONSTRAINT ck_penalty_box_positive CHECK (refusals > 1 AND within_seconds > 0 AND penalty_seconds > 0)
    )
    """,
    "INSERT INTO penalty_box (id, enabled, refusals, within_seconds, penalty_seconds, updated_at)"
    " VALUES (1, false, 50, 60, 300, now())",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON address_entry TO k_admin",
    "GRANT SELECT, UPDATE (enabled, refusals, within_seconds, penalty_seconds, updated_at) ON penalty_box TO k_admin",
    # the token in the address is the only key to a checkout, so guessing has a limit
    'INSERT INTO rate_limit_policy (id, name, method, path, match, scope, "limit", window_seconds, mode, enabled,'
    " created_at, updated_at) VALUES ('019321e8-0000-7000-8000-000000000200', 'Checkouts per address', '*',"
    " '/api/payment/checkouts/', 'prefix', 'ip', 600, 60, 'enforce', true, now(), now())",
    # what is published from now on says more than before, so it is published anew
    "UPDATE publication SET version = version + 1 WHERE name = 'rateLimitPolicies'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE penalty_box, address_entry")
    op.execute("DELETE FROM rate_limit_policy WHERE kind = 'concurrency' OR name = 'Checkouts per address'")
    op.execute(
        "ALTER TABLE rate_limit_policy DROP CONSTRAINT ck_rate_limit_policy_kind,"
        " DROP CONSTRAINT ck_rate_limit_policy_cost, DROP COLUMN kind, DROP COLUMN cost, DROP COLUMN leased"
    )
    op.execute("UPDATE publication SET version = version + 1 WHERE name = 'rateLimitPolicies'")
