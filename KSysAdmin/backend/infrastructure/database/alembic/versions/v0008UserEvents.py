"""Events of a user that were missing: recovery codes made and used, a passkey renamed."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A renewal makes all codes in one statement, and is one event.
CHANGES = (
    """
    CREATE FUNCTION user_recovery_codes_record_made() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      PERFORM record_user_event(made.user_id, 'user.recoveryCodesMade', jsonb_build_object('codes', made.codes))
      FROM (SELECT user_id, count(*) AS codes FROM new_codes GROUP BY user_id) AS made;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER user_recovery_code_record_made AFTER INSERT ON user_recovery_code REFERENCING NEW TABLE AS new_codes
        FOR EACH STATEMENT EXECUTE FUNCTION user_recovery_codes_record_made()
    """,
    """
    CREATE FUNCTION user_recovery_code_record_used() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      PERFORM record_user_event(NEW.user_id, 'user.recoveryCodeUsed', jsonb_build_object('method', 'recoveryCode'));
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER user_recovery_code_record_used AFTER UPDATE ON user_recovery_code FOR EACH ROW
        WHEN (OLD.used_at IS NULL AND NEW.used_at IS NOT NULL)
        EXECUTE FUNCTION user_recovery_code_record_used()
    """,
    """
    CREATE TRIGGER user_passkey_record_renamed AFTER UPDATE ON user_passkey FOR EACH ROW
        WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION user_belonging_record_event('user.passkeyRenamed')
    """,
    "REVOKE ALL ON FUNCTION user_recovery_codes_record_made(), user_recovery_code_record_used() FROM PUBLIC",
)
BACK = (
    "DROP TRIGGER user_passkey_record_renamed ON user_passkey",
    "DROP TRIGGER user_recovery_code_record_used ON user_recovery_code",
    "DROP TRIGGER user_recovery_code_record_made ON user_recovery_code",
    "DROP FUNCTION user_recovery_code_record_used()",
    "DROP FUNCTION user_recovery_codes_record_made()",
)


def upgrade() -> None:
    for statement in CHANGES:
        op.execute(statement)


def downgrade() -> None:
    for statement in BACK:
        op.execute(statement)
