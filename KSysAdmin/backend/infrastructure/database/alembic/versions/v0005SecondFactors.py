"""Administrators reset second factors and end half sign-ins; what the cleaning of address changes looks for."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNTER_KINDS = (
    "'account', 'address', 'pair', 'device', 'orderSource', 'orderTarget', 'orderPair', 'noticeHour', 'noticeDay'"
)
COUNTER_KINDS_BEFORE = COUNTER_KINDS.replace(" 'orderPair',", "")

CHANGES = (
    "CREATE INDEX ix_email_change_over ON email_change (coalesce(revert_until, expires_at))",
    "ALTER TABLE failure_counter DROP CONSTRAINT ck_failure_counter_kind",
    f"ALTER TABLE failure_counter ADD CONSTRAINT ck_failure_counter_kind CHECK (kind IN ({COUNTER_KINDS}))",
)

# An administrator takes factors away and never reads or makes one; of half sign-ins only that they are over.
GRANTS = (
    "GRANT DELETE ON user_totp, user_passkey, user_recovery_code TO k_admin",
    "GRANT SELECT (user_id, used_at), UPDATE (used_at) ON sign_in_challenge TO k_admin",
)


def upgrade() -> None:
    for statement in (*CHANGES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("REVOKE SELECT (user_id, used_at), UPDATE (used_at) ON sign_in_challenge FROM k_admin")
    op.execute("REVOKE DELETE ON user_totp, user_passkey, user_recovery_code FROM k_admin")
    op.execute("DELETE FROM failure_counter WHERE kind = 'orderPair'")
    op.execute("ALTER TABLE failure_counter DROP CONSTRAINT ck_failure_counter_kind")
    op.execute(
        f"ALTER TABLE failure_counter ADD CONSTRAINT ck_failure_counter_kind CHECK (kind IN ({COUNTER_KINDS_BEFORE}))"
    )
    op.execute("DROP INDEX ix_email_change_over")
