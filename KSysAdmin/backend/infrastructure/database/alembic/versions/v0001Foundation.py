"""The ground every service stands on: outbox, audit chains, settings, limits, administrators."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE outbox_message (
        id uuid NOT NULL,
        topic varchar(80) NOT NULL,
        payload jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        available_at timestamptz NOT NULL,
        attempts integer NOT NULL,
        delivered_at timestamptz,
        dead_at timestamptz,
        last_error varchar(500),
        CONSTRAINT pk_outbox_message PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_outbox_message_waiting ON outbox_message (available_at, id)
        WHERE delivered_at IS NULL AND dead_at IS NULL
    """,
    """
    CREATE TABLE audit_chain_head (
        chain varchar(20) NOT NULL,
        writer_role varchar(63) NOT NULL,
        seq bigint NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT pk_audit_chain_head PRIMARY KEY (chain)
    )
    """,
    """
    CREATE TABLE audit_event (
        id uuid NOT NULL,
        chain varchar(20) NOT NULL,
        seq bigint NOT NULL,
        occurred_at timestamptz NOT NULL,
        actor_kind varchar(20) NOT NULL,
        actor_id varchar(64) NOT NULL,
        acting_for varchar(64),
        action varchar(100) NOT NULL,
        target_kind varchar(40) NOT NULL,
        target_id varchar(64) NOT NULL,
        before_state jsonb,
        after_state jsonb,
        request_id varchar(128),
        client_address varchar(64),
        previous_hash bytea NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT pk_audit_event PRIMARY KEY (id),
        CONSTRAINT uq_audit_event_chain_seq UNIQUE (chain, seq)
    )
    """,
    "CREATE INDEX ix_audit_event_occurred_at_id ON audit_event (occurred_at, id)",
    "CREATE INDEX ix_audit_event_target ON audit_event (target_kind, target_id)",
    "CREATE INDEX ix_audit_event_actor_id ON audit_event (actor_id)",
    """
    CREATE TABLE publication (
        name varchar(40) NOT NULL,
        version bigint NOT NULL,
        CONSTRAINT pk_publication PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE rate_limit_policy (
        id uuid NOT NULL,
        name varchar(100) NOT NULL,
        method varchar(10) NOT NULL,
        path varchar(300) NOT NULL,
        match varchar(10) NOT NULL,
        scope varchar(10) NOT NULL,
        "limit" integer NOT NULL,
        window_seconds integer NOT NULL,
        burst integer,
        mode varchar(10) NOT NULL,
        enabled boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT pk_rate_limit_policy PRIMARY KEY (id),
        CONSTRAINT uq_rate_limit_policy_name UNIQUE (name),
        CONSTRAINT ck_rate_limit_policy_match CHECK (match IN ('exact', 'prefix')),
        CONSTRAINT ck_rate_limit_policy_scope CHECK (scope IN ('ip', 'user', 'apiKey', 'global')),
        CONSTRAINT ck_rate_limit_policy_mode CHECK (mode IN ('enforce', 'shadow')),
        CONSTRAINT ck_rate_limit_policy_positive
            CHECK ("limit" > 0 AND window_seconds > 0 AND (burst IS NULL OR burst > 0))
    )
    """,
    """
    CREATE TABLE administrator (
        id uuid NOT NULL,
        email varchar(254) NOT NULL,
        status varchar(40) NOT NULL,
        password_hash varchar(300),
        failures_in_a_row integer NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        last_login_at timestamptz,
        CONSTRAINT pk_administrator PRIMARY KEY (id),
        CONSTRAINT uq_administrator_email UNIQUE (email),
        CONSTRAINT ck_administrator_status CHECK (status IN ('invited', 'active', 'suspended'))
    )
    """,
    """
    CREATE TABLE administrator_sign_in_failure (
        key_hash varchar(64) NOT NULL,
        failures integer NOT NULL,
        last_failed_at timestamptz NOT NULL,
        CONSTRAINT pk_administrator_sign_in_failure PRIMARY KEY (key_hash)
    )
    """,
    """
    CREATE INDEX ix_administrator_sign_in_failure_last_failed_at
        ON administrator_sign_in_failure (last_failed_at)
    """,
    """
    CREATE TABLE administrator_session (
        id uuid NOT NULL,
        administrator_id uuid NOT NULL,
        secret_hash varchar(64) NOT NULL,
        second_factor varchar(20) NOT NULL,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        client_address varchar(64) NOT NULL,
        user_agent varchar(300) NOT NULL,
        CONSTRAINT pk_administrator_session PRIMARY KEY (id),
        CONSTRAINT uq_administrator_session_secret_hash UNIQUE (secret_hash),
        CONSTRAINT fk_administrator_session_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_administrator_session_administrator_id ON administrator_session (administrator_id)",
    """
    CREATE TABLE administrator_totp (
        administrator_id uuid NOT NULL,
        secret_ciphertext bytea NOT NULL,
        secret_salt bytea NOT NULL,
        secret_nonce bytea NOT NULL,
        secret_key_id integer NOT NULL,
        last_step bigint NOT NULL,
        failures_in_a_row integer NOT NULL,
        last_failed_at timestamptz,
        created_at timestamptz NOT NULL,
        confirmed_at timestamptz,
        CONSTRAINT pk_administrator_totp PRIMARY KEY (administrator_id),
        CONSTRAINT fk_administrator_totp_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE administrator_recovery_code (
        id uuid NOT NULL,
        administrator_id uuid NOT NULL,
        code_hash varchar(64) NOT NULL,
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT pk_administrator_recovery_code PRIMARY KEY (id),
        CONSTRAINT uq_administrator_recovery_code_administrator_id_code_hash UNIQUE (administrator_id, code_hash),
        CONSTRAINT fk_administrator_recovery_code_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE administrator_challenge (
        id uuid NOT NULL,
        administrator_id uuid NOT NULL,
        kind varchar(40) NOT NULL,
        token_hash varchar(64) NOT NULL,
        tries integer NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        spent_at timestamptz,
        CONSTRAINT pk_administrator_challenge PRIMARY KEY (id),
        CONSTRAINT uq_administrator_challenge_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_administrator_challenge_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE,
        CONSTRAINT ck_administrator_challenge_kind CHECK (kind IN ('enrollment', 'secondFactor'))
    )
    """,
    "CREATE INDEX ix_administrator_challenge_administrator_id ON administrator_challenge (administrator_id)",
    "CREATE INDEX ix_administrator_challenge_expires_at ON administrator_challenge (expires_at)",
    """
    CREATE TABLE administrator_invitation (
        id uuid NOT NULL,
        administrator_id uuid NOT NULL,
        token_hash varchar(64) NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT pk_administrator_invitation PRIMARY KEY (id),
        CONSTRAINT uq_administrator_invitation_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_administrator_invitation_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_administrator_invitation_administrator_id ON administrator_invitation (administrator_id)",
    """
    CREATE TABLE role (
        id uuid NOT NULL,
        name varchar(60) NOT NULL,
        description varchar(300) NOT NULL,
        built_in boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT pk_role PRIMARY KEY (id),
        CONSTRAINT uq_role_name UNIQUE (name)
    )
    """,
    """
    CREATE TABLE role_permission (
        role_id uuid NOT NULL,
        permission varchar(60) NOT NULL,
        CONSTRAINT pk_role_permission PRIMARY KEY (role_id, permission),
        CONSTRAINT fk_role_permission_role_id_role FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE administrator_role (
        administrator_id uuid NOT NULL,
        role_id uuid NOT NULL,
        CONSTRAINT pk_administrator_role PRIMARY KEY (administrator_id, role_id),
        CONSTRAINT fk_administrator_role_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE,
        CONSTRAINT fk_administrator_role_role_id_role FOREIGN KEY (role_id) REFERENCES role (id)
    )
    """,
    "CREATE INDEX ix_administrator_role_role_id ON administrator_role (role_id)",
    """
    CREATE TABLE setting (
        key varchar(100) NOT NULL,
        value jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        updated_by uuid NOT NULL,
        CONSTRAINT pk_setting PRIMARY KEY (key),
        CONSTRAINT fk_setting_updated_by_administrator FOREIGN KEY (updated_by) REFERENCES administrator (id)
    )
    """,
    """
    CREATE TABLE setting_history (
        id uuid NOT NULL,
        key varchar(100) NOT NULL,
        old_value jsonb NOT NULL,
        new_value jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by uuid NOT NULL,
        CONSTRAINT pk_setting_history PRIMARY KEY (id),
        CONSTRAINT fk_setting_history_changed_by_administrator FOREIGN KEY (changed_by) REFERENCES administrator (id)
    )
    """,
    "CREATE INDEX ix_setting_history_key_id ON setting_history (key, id)",
)

# The text that is hashed is a JSON array: no two different rows can spell the same one.
FUNCTIONS = (
    """
    CREATE FUNCTION audit_event_hash(previous bytea, event audit_event) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
    RETURN sha256(previous || convert_to(jsonb_build_array(
        event.chain, event.seq, event.id,
        to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        event.actor_kind, event.actor_id, event.acting_for, event.action, event.target_kind, event.target_id,
        event.before_state, event.after_state, event.request_id, event.client_address
    )::text, 'UTF8'))
    """,
    """
    CREATE FUNCTION append_audit_event(
        event_id uuid, chain text, occurred_at timestamptz, actor_kind text, actor_id text, acting_for text,
        action text, target_kind text, target_id text, before_state jsonb, after_state jsonb,
        request_id text, client_address text
    ) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        head audit_chain_head;
        event audit_event;
    BEGIN
        SELECT h.* INTO head FROM audit_chain_head h WHERE h.chain = append_audit_event.chain FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no audit chain %', append_audit_event.chain;
        END IF;
        IF session_user <> head.writer_role AND NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
            RAISE EXCEPTION 'role % does not write the audit chain %', session_user, append_audit_event.chain
                USING ERRCODE = 'insufficient_privilege';
        END IF;

        event.id := append_audit_event.event_id;
        event.chain := append_audit_event.chain;
        event.seq := head.seq + 1;
        event.occurred_at := append_audit_event.occurred_at;
        event.actor_kind := append_audit_event.actor_kind;
        event.actor_id := append_audit_event.actor_id;
        event.acting_for := append_audit_event.acting_for;
        event.action := append_audit_event.action;
        event.target_kind := append_audit_event.target_kind;
        event.target_id := append_audit_event.target_id;
        event.before_state := append_audit_event.before_state;
        event.after_state := append_audit_event.after_state;
        event.request_id := append_audit_event.request_id;
        event.client_address := append_audit_event.client_address;
        event.previous_hash := head.hash;
        event.hash := audit_event_hash(head.hash, event);

        INSERT INTO audit_event SELECT event.*;
        UPDATE audit_chain_head h SET seq = event.seq, hash = event.hash WHERE h.chain = event.chain;
        RETURN event.seq;
    END
    $$
    """,
    """
    CREATE FUNCTION verify_audit_chain(chain text) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
    AS $$
    WITH head AS (
        SELECT h.seq, h.hash FROM audit_chain_head h WHERE h.chain = $1
    ), link AS (
        SELECT e.seq, e.hash, e.previous_hash,
               row_number() OVER inOrder AS place,
               lag(e.hash, 1, decode(repeat('00', 32), 'hex')) OVER inOrder AS before,
               audit_event_hash(e.previous_hash, e) AS computed
        FROM audit_event e WHERE e.chain = $1
        WINDOW inOrder AS (ORDER BY e.seq)
    ), written AS (
        SELECT count(*) AS rows, (array_agg(hash ORDER BY seq DESC))[1] AS last FROM link
    )
    SELECT min(bad) FROM (
        SELECT place AS bad FROM link WHERE seq <> place OR previous_hash <> before OR hash <> computed
        UNION ALL
        SELECT least(written.rows, head.seq) + 1 FROM written, head WHERE written.rows <> head.seq
        UNION ALL
        SELECT head.seq FROM written, head WHERE written.rows = head.seq AND written.last <> head.hash
        UNION ALL
        SELECT 1 WHERE NOT EXISTS (SELECT FROM head)
    ) finding
    $$
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
    AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    """
    CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER setting_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON setting_history
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

APPEND = "append_audit_event(uuid, text, timestamptz, text, text, text, text, text, text, jsonb, jsonb, text, text)"

GRANTS = (
    "REVOKE ALL ON FUNCTION audit_event_hash(bytea, audit_event), verify_audit_chain(text), refuse_change()"
    " FROM PUBLIC",
    f"REVOKE ALL ON FUNCTION {APPEND} FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION {APPEND} TO k_admin, k_public",
    "GRANT EXECUTE ON FUNCTION audit_event_hash(bytea, audit_event), verify_audit_chain(text) TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (available_at, attempts, delivered_at, dead_at, last_error)"
    " ON outbox_message TO k_admin, k_public",
    "GRANT SELECT ON audit_event, audit_chain_head TO k_admin",
    "GRANT SELECT, UPDATE (version) ON publication TO k_admin",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limit_policy TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (value, updated_at, updated_by) ON setting TO k_admin",
    "GRANT SELECT, INSERT ON setting_history TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (status, password_hash, failures_in_a_row, updated_at, last_login_at)"
    " ON administrator TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (last_seen_at, ended_at) ON administrator_session TO k_admin",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON administrator_totp TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON administrator_recovery_code TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (tries, spent_at), DELETE ON administrator_challenge TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (used_at) ON administrator_invitation TO k_admin",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON administrator_sign_in_failure TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (name, description, updated_at), DELETE ON role TO k_admin",
    "GRANT SELECT, INSERT, DELETE ON role_permission, administrator_role TO k_admin",
)

# name, method, path, match, scope, limit a minute
# Nothing here covers /api/payment/bri but its own generous line: a refused bank call is money sent back.
DEFAULT_POLICIES = (
    ("Sign in", "POST", "/api/auth/login", "exact", "ip", 30),
    ("Sign-in second factor", "POST", "/api/auth/login/second-factor", "exact", "ip", 30),
    ("Register", "POST", "/api/auth/register", "exact", "ip", 20),
    ("Verify address", "POST", "/api/auth/verify-email", "exact", "ip", 30),
    ("Verify address again", "POST", "/api/auth/verify-email/resend", "exact", "ip", 10),
    ("Forgot password", "POST", "/api/auth/password/forgot", "exact", "ip", 10),
    ("Reset password", "POST", "/api/auth/password/reset", "exact", "ip", 20),
    ("Refresh token", "POST", "/api/auth/token/refresh", "exact", "ip", 120),
    ("Administrator sign in", "POST", "/api/admin/auth/login", "exact", "ip", 20),
    ("Administrator second factor", "POST", "/api/admin/auth/second-factor", "exact", "ip", 20),
    ("Administrator enrolment", "POST", "/api/admin/auth/mfa/", "prefix", "ip", 20),
    ("Administrator invitation", "POST", "/api/admin/auth/invitation/", "prefix", "ip", 20),
    ("Accounts per address", "*", "/api/auth/", "prefix", "ip", 1200),
    ("Accounts per user", "*", "/api/auth/", "prefix", "user", 600),
    ("Administration per address", "*", "/api/admin/", "prefix", "ip", 1200),
    ("Administration per user", "*", "/api/admin/", "prefix", "user", 600),
    ("Payments per address", "*", "/api/payment/payments", "prefix", "ip", 1200),
    ("Payments per user", "*", "/api/payment/payments", "prefix", "user", 600),
    ("Payment events per user", "*", "/api/payment/events", "prefix", "user", 600),
    ("Payment webhooks per user", "*", "/api/payment/webhook-", "prefix", "user", 600),
    ("Payment ledger per user", "*", "/api/payment/ledger/", "prefix", "user", 600),
    ("Payment balance per user", "*", "/api/payment/balance", "prefix", "user", 600),
    ("Bank callbacks", "*", "/api/payment/bri/", "prefix", "ip", 12000),
)

SEEDS = (
    "INSERT INTO audit_chain_head (chain, writer_role, seq, hash)"
    " SELECT chain, writer, 0, decode(repeat('00', 32), 'hex')"
    " FROM (VALUES ('auth', 'k_public'), ('payment', 'k_public'), ('admin', 'k_admin')) AS known (chain, writer)",
    "INSERT INTO publication (name, version) VALUES ('settings', 1), ('rateLimitPolicies', 1)",
    "INSERT INTO role (id, name, description, built_in, created_at, updated_at) VALUES"
    " ('019321e8-0000-7000-8000-000000000001', 'owner', 'Everything there is to do', true, now(), now())",
    *(
        'INSERT INTO rate_limit_policy (id, name, method, path, match, scope, "limit", window_seconds, mode, enabled,'  # noqa: S608
        f" created_at, updated_at) VALUES ('019321e8-0000-7000-8000-{0x100 + number:012x}', '{name}', '{method}',"
        f" '{path}', '{match}', '{scope}', {limit}, 60, 'enforce', true, now(), now())"
        for number, (name, method, path, match, scope, limit) in enumerate(DEFAULT_POLICIES)
    ),
)

DROPS = (
    "DROP TABLE setting_history, setting, administrator_role, role_permission, role, administrator_invitation,"
    " administrator_challenge, administrator_recovery_code, administrator_totp, administrator_session,"
    " administrator_sign_in_failure, administrator, rate_limit_policy, publication, audit_chain_head, outbox_message",
    "DROP FUNCTION verify_audit_chain(text)",
    f"DROP FUNCTION {APPEND}",
    "DROP FUNCTION audit_event_hash(bytea, audit_event)",
    "DROP TABLE audit_event",
    "DROP FUNCTION refuse_change()",
)


def upgrade() -> None:
    for statement in (*TABLES, *FUNCTIONS, *GRANTS, *SEEDS):
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPS:
        op.execute(statement)
