"""The network an administrator signed in from, so that one look into an index says whether it is known."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE administrator_session ADD COLUMN client_network varchar(43)")
    # an IPv4 address is its own network; one of IPv6 is known again after the next sign-in
    op.execute(
        "UPDATE administrator_session SET client_network = client_address WHERE client_address ~ '^[0-9.]{7,15}$'"
    )
    op.execute(
        "CREATE INDEX ix_administrator_session_administrator_id_client_network"
        " ON administrator_session (administrator_id, client_network)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE administrator_session DROP COLUMN client_network")
