"""People and their sign-ins: accounts, sessions, refresh chains, mailed codes, signing keys."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE user_account (
        id uuid NOT NULL,
        email varchar(254) NOT NULL,
        email_as_given varchar(254) NOT NULL,
        full_name varchar(200),
        locale varchar(40) NOT NULL,
        password_hash varchar(255) NOT NULL,
        password_changed_at timestamptz NOT NULL,
        status varchar(40) NOT NULL,
        email_verified_at timestamptz,
        suspended_at timestamptz,
        suspended_reason varchar(500),
        roles varchar(64)[] DEFAULT '{}' NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        last_login_at timestamptz,
        CONSTRAINT pk_user_account PRIMARY KEY (id),
        CONSTRAINT uq_user_account_email UNIQUE (email),
        CONSTRAINT ck_user_account_locale CHECK (locale IN ('en', 'id')),
        CONSTRAINT ck_user_account_status CHECK (status IN ('pendingVerification', 'active', 'suspended'))
    )
    """,
    "CREATE INDEX ix_user_account_created_at_id ON user_account (created_at, id)",
    "CREATE INDEX ix_user_account_status ON user_account (status)",
    """
    CREATE TABLE user_session (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        client varchar(40) NOT NULL,
        secret_hash varchar(64),
        auth_methods varchar(40)[] NOT NULL,
        created_at timestamptz NOT NULL,
        authenticated_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        idle_expires_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason varchar(40),
        ip varchar(45),
        user_agent varchar(400),
        device_label varchar(100) NOT NULL,
        CONSTRAINT pk_user_session PRIMARY KEY (id),
        CONSTRAINT uq_user_session_secret_hash UNIQUE (secret_hash),
        CONSTRAINT fk_user_session_user_id_user_account FOREIGN KEY (user_id) REFERENCES user_account (id),
        CONSTRAINT ck_user_session_client CHECK (client IN ('browser', 'api')),
        CONSTRAINT ck_user_session_end_reason CHECK (end_reason IN ('logout', 'revokedByUser',
            'revokedByAdministrator', 'passwordChanged', 'passwordReset', 'suspended', 'refreshReused'))
    )
    """,
    "CREATE INDEX ix_user_session_user_id_ended_at ON user_session (user_id, ended_at)",
    "CREATE INDEX ix_user_session_expires_at ON user_session (expires_at)",
    """
    CREATE TABLE refresh_token (
        id uuid NOT NULL,
        session_id uuid NOT NULL,
        token_hash varchar(64) NOT NULL,
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        successor_id uuid,
        successor_sealed varchar(255),
        CONSTRAINT pk_refresh_token PRIMARY KEY (id),
        CONSTRAINT uq_refresh_token_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_refresh_token_session_id_user_session
            FOREIGN KEY (session_id) REFERENCES user_session (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_refresh_token_session_id ON refresh_token (session_id)",
    "CREATE INDEX ix_refresh_token_successor_id ON refresh_token (successor_id)",
    """
    CREATE INDEX ix_refresh_token_used_at_sealed ON refresh_token (used_at)
        WHERE successor_sealed IS NOT NULL
    """,
    """
    CREATE TABLE one_time_code (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        purpose varchar(40) NOT NULL,
        code_hash varchar(64) NOT NULL,
        failed_tries integer NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        voided_at timestamptz,
        CONSTRAINT pk_one_time_code PRIMARY KEY (id),
        CONSTRAINT fk_one_time_code_user_id_user_account FOREIGN KEY (user_id) REFERENCES user_account (id),
        CONSTRAINT ck_one_time_code_purpose CHECK (purpose IN ('verifyEmail', 'resetPassword'))
    )
    """,
    """
    CREATE UNIQUE INDEX uq_one_time_code_user_id_purpose_open ON one_time_code (user_id, purpose)
        WHERE used_at IS NULL AND voided_at IS NULL
    """,
    "CREATE INDEX ix_one_time_code_user_id_purpose_created_at ON one_time_code (user_id, purpose, created_at)",
    "CREATE INDEX ix_one_time_code_expires_at ON one_time_code (expires_at)",
    """
    CREATE TABLE signing_key (
        id uuid NOT NULL,
        kid varchar(64) NOT NULL,
        algorithm varchar(16) NOT NULL,
        public_jwk jsonb NOT NULL,
        private_sealed varchar(1000) NOT NULL,
        created_at timestamptz NOT NULL,
        signs_from timestamptz NOT NULL,
        signs_until timestamptz,
        verifies_until timestamptz,
        CONSTRAINT pk_signing_key PRIMARY KEY (id),
        CONSTRAINT uq_signing_key_kid UNIQUE (kid)
    )
    """,
)

# The public server gives nobody roles and suspends nobody; the admin server touches no password, code, token or key.
GRANTS = (
    "GRANT SELECT,"
    " INSERT (id, email, email_as_given, full_name, locale, password_hash, password_changed_at, status,"
    " created_at, updated_at),"
    " UPDATE (email_as_given, full_name, locale, password_hash, password_changed_at, status, email_verified_at,"
    " updated_at, last_login_at)"
    " ON user_account TO k_public",
    "GRANT SELECT, INSERT, UPDATE (last_seen_at, idle_expires_at, ended_at, end_reason), DELETE"
    " ON user_session TO k_public",
    "GRANT SELECT, INSERT, UPDATE (used_at, successor_id, successor_sealed), DELETE ON refresh_token TO k_public",
    "GRANT SELECT, INSERT, UPDATE (failed_tries, used_at, voided_at), DELETE ON one_time_code TO k_public",
    "GRANT SELECT, INSERT, UPDATE (signs_until, verifies_until) ON signing_key TO k_public",
    "GRANT SELECT (id, email, email_as_given, full_name, locale, password_changed_at, status, email_verified_at,"
    " suspended_at, suspended_reason, roles, created_at, updated_at, last_login_at),"
    " UPDATE (status, suspended_at, suspended_reason, roles, updated_at)"
    " ON user_account TO k_admin",
    "GRANT SELECT (id, user_id, client, auth_methods, created_at, authenticated_at, last_seen_at, idle_expires_at,"
    " expires_at, ended_at, end_reason, ip, user_agent, device_label),"
    " UPDATE (ended_at, end_reason)"
    " ON user_session TO k_admin",
)


def upgrade() -> None:
    for statement in (*TABLES, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    for table in ("signing_key", "one_time_code", "refresh_token", "user_session", "user_account"):
        op.execute(f"DROP TABLE {table}")
