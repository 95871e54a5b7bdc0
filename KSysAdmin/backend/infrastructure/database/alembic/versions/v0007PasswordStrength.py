"""How often an address may have passwords judged."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# name, path: a page asks while a password is typed
POLICIES = (
    ("Password strength", "/api/auth/password/strength"),
    ("Administrator password strength", "/api/admin/auth/password/strength"),
)
PUBLISH_ANEW = "UPDATE publication SET version = version + 1 WHERE name = 'rateLimitPolicies'"


def upgrade() -> None:
    for number, (name, path) in enumerate(POLICIES):
        op.execute(
            'INSERT INTO rate_limit_policy (id, name, method, path, match, scope, "limit", window_seconds, mode,'  # noqa: S608
            f" enabled, created_at, updated_at) VALUES ('019321e8-0000-7000-8000-{0x201 + number:012x}', '{name}',"
            f" 'POST', '{path}', 'exact', 'ip', 120, 60, 'enforce', true, now(), now()) ON CONFLICT (name) DO NOTHING"
        )
    op.execute(PUBLISH_ANEW)


def downgrade() -> None:
    names = ", ".join(f"'{name}'" for name, _ in POLICIES)
    op.execute(f"DELETE FROM rate_limit_policy WHERE name IN ({names})")  # noqa: S608
    op.execute(PUBLISH_ANEW)
