"""Second factors, known devices, failure counters, API keys, address changes, personal keys."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What an administrator's search looks into: every word of address and name, and the whole address after an `@`.
SEARCH_WORDS = (
    "array_to_tsvector(array_remove(array_append(regexp_split_to_array("
    "lower(email || ' ' || coalesce(full_name, '')), '[^[:alnum:]]+'), '@' || lower(email)), ''))"
)

CHANGES = (
    """
    ALTER TABLE user_account
        ADD COLUMN passkey_handle bytea,
        ADD COLUMN is_contested boolean DEFAULT false NOT NULL,
        ADD CONSTRAINT uq_user_account_passkey_handle UNIQUE (passkey_handle)
    """,
    "ALTER TABLE user_session DROP CONSTRAINT ck_user_session_end_reason",
    """
    ALTER TABLE user_session
        ADD CONSTRAINT ck_user_session_end_reason CHECK (end_reason IN ('logout', 'revokedByUser',
            'revokedByAdministrator', 'passwordChanged', 'passwordReset', 'suspended', 'refreshReused',
            'factorChanged', 'passwordGuessed', 'emailChanged', 'erased'))
    """,
    # Address and program of a session are sealed with its person's key from now on. A migration knows no key, so what
    # sessions from before told in plain text is lost: better that than plain text that stays.
    "ALTER TABLE user_session DROP COLUMN ip, DROP COLUMN user_agent, ADD COLUMN device_sealed varchar(2400)",
    """
    ALTER TABLE administrator
        ADD COLUMN passkey_handle bytea,
        ADD CONSTRAINT uq_administrator_passkey_handle UNIQUE (passkey_handle)
    """,
    """
    ALTER TABLE administrator
        ADD COLUMN locale varchar(40) DEFAULT 'en' NOT NULL,
        ADD CONSTRAINT ck_administrator_locale CHECK (locale IN ('en', 'id'))
    """,
    "ALTER TABLE administrator_totp ADD COLUMN proposed_sealed varchar(400)",
    "ALTER TABLE administrator_challenge DROP CONSTRAINT ck_administrator_challenge_kind",
    """
    ALTER TABLE administrator_challenge
        ADD CONSTRAINT ck_administrator_challenge_kind CHECK (kind IN ('enrollment', 'secondFactor',
            'passkeyRegistration', 'passkeyAssertion'))
    """,
    "ALTER TABLE one_time_code DROP CONSTRAINT ck_one_time_code_purpose",
    """
    ALTER TABLE one_time_code
        ADD CONSTRAINT ck_one_time_code_purpose CHECK (purpose IN ('verifyEmail', 'resetPassword',
            'emailChangeOld', 'emailChangeNew', 'signIn'))
    """,
    f"ALTER TABLE user_account ADD COLUMN search_words tsvector GENERATED ALWAYS AS ({SEARCH_WORDS}) STORED",
    """
    CREATE INDEX ix_user_account_search_words_roles ON user_account USING gin (search_words, roles)
        WITH (fastupdate = off)
    """,
    "ALTER TABLE user_account SET (fillfactor = 90)",
    "CREATE INDEX ix_user_account_status_created_at_id ON user_account (status, created_at, id)",
    "DROP INDEX ix_user_account_status",
    "CREATE INDEX ix_audit_event_target_id_occurred_at_id ON audit_event (target_id, occurred_at, id)",
    "CREATE INDEX ix_audit_event_actor_id_action_occurred_at_id ON audit_event (actor_id, action, occurred_at, id)",
    """
    CREATE INDEX ix_audit_event_kind ON audit_event (actor_kind, target_kind, action, occurred_at, id)
    """,
    "DROP INDEX ix_audit_event_target, ix_audit_event_actor_id",
    # What hangs on an account goes with it when it is erased.
    *(
        f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_user_id_user_account,"
        f" ADD CONSTRAINT fk_{table}_user_id_user_account"
        " FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE"
        for table in ("user_session", "one_time_code")
    ),
    # A person's address is sealed from now on, which is longer; rows from before keep theirs, since no row changes.
    # The function that hashes a row depends on the column's type, so it goes and comes back as it was.
    "DROP FUNCTION audit_event_hash(bytea, audit_event)",
    "ALTER TABLE audit_event ALTER COLUMN client_address TYPE varchar(200)",
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
    # What a person is given of the audit: the own deeds, and what was done to the own account, without who did it.
    """
    CREATE FUNCTION audit_events_of(person uuid, after_id uuid, most integer)
    RETURNS TABLE (id uuid, chain text, occurred_at timestamptz, actor_kind text, action text, target_kind text,
                   target_id text, before_state jsonb, after_state jsonb, client_address text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    SELECT e.id, e.chain, e.occurred_at, e.actor_kind, e.action, e.target_kind, e.target_id, e.before_state,
           e.after_state, CASE WHEN e.actor_id = person::text THEN e.client_address END
    FROM audit_event e
    WHERE e.id IN (
        SELECT a.id FROM audit_event a WHERE a.actor_id = person::text AND a.actor_kind = 'user'
        UNION
        SELECT t.id FROM audit_event t WHERE t.target_id = person::text AND t.target_kind = 'user'
    ) AND e.id > after_id
    ORDER BY e.id LIMIT most
    $$
    """,
    # Only what is over goes: no server may take a message away that somebody must still hear. Ids begin with the time.
    """
    CREATE FUNCTION remove_settled_messages(delivered_before timestamptz, dead_before timestamptz, most integer)
    RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    WITH settled AS (
        SELECT m.id FROM outbox_message m
        WHERE m.id < rpad(lpad(to_hex((extract(epoch FROM greatest(delivered_before, dead_before)) * 1000)::bigint),
                               12, '0'), 32, '0')::uuid
          AND (m.delivered_at < delivered_before OR m.dead_at < dead_before)
        ORDER BY m.id LIMIT most FOR UPDATE SKIP LOCKED
    ), removed AS (
        DELETE FROM outbox_message WHERE id IN (SELECT id FROM settled) RETURNING id
    )
    SELECT count(*) FROM removed
    $$
    """,
)

TABLES = (
    """
    CREATE TABLE user_key (
        user_id uuid NOT NULL,
        key_sealed varchar(255) NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT pk_user_key PRIMARY KEY (user_id),
        CONSTRAINT fk_user_key_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE user_totp (
        user_id uuid NOT NULL,
        secret_sealed varchar(400) NOT NULL,
        last_step bigint NOT NULL,
        failures_in_a_row integer NOT NULL,
        last_failed_at timestamptz,
        created_at timestamptz NOT NULL,
        confirmed_at timestamptz,
        CONSTRAINT pk_user_totp PRIMARY KEY (user_id),
        CONSTRAINT fk_user_totp_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE user_recovery_code (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        code_hash varchar(64) NOT NULL,
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT pk_user_recovery_code PRIMARY KEY (id),
        CONSTRAINT uq_user_recovery_code_user_id_code_hash UNIQUE (user_id, code_hash),
        CONSTRAINT fk_user_recovery_code_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE user_passkey (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        credential_id bytea NOT NULL,
        public_key bytea NOT NULL,
        sign_count bigint NOT NULL,
        aaguid uuid NOT NULL,
        transports varchar(20)[] NOT NULL,
        is_backup_eligible boolean NOT NULL,
        is_backed_up boolean NOT NULL,
        name varchar(100) NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        counter_regressed_at timestamptz,
        CONSTRAINT pk_user_passkey PRIMARY KEY (id),
        CONSTRAINT uq_user_passkey_credential_id UNIQUE (credential_id),
        CONSTRAINT fk_user_passkey_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_user_passkey_user_id ON user_passkey (user_id)",
    """
    CREATE TABLE administrator_passkey (
        id uuid NOT NULL,
        administrator_id uuid NOT NULL,
        credential_id bytea NOT NULL,
        public_key bytea NOT NULL,
        sign_count bigint NOT NULL,
        aaguid uuid NOT NULL,
        transports varchar(20)[] NOT NULL,
        is_backup_eligible boolean NOT NULL,
        is_backed_up boolean NOT NULL,
        name varchar(100) NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        counter_regressed_at timestamptz,
        CONSTRAINT pk_administrator_passkey PRIMARY KEY (id),
        CONSTRAINT uq_administrator_passkey_credential_id UNIQUE (credential_id),
        CONSTRAINT fk_administrator_passkey_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_administrator_passkey_administrator_id ON administrator_passkey (administrator_id)",
    """
    CREATE TABLE administrator_device (
        id uuid NOT NULL,
        administrator_id uuid NOT NULL,
        token_hash varchar(64) NOT NULL,
        label varchar(100) NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_administrator_device PRIMARY KEY (id),
        CONSTRAINT uq_administrator_device_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_administrator_device_administrator_id_administrator
            FOREIGN KEY (administrator_id) REFERENCES administrator (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_administrator_device_administrator_id ON administrator_device (administrator_id)",
    "CREATE INDEX ix_administrator_device_expires_at ON administrator_device (expires_at)",
    """
    CREATE TABLE sign_in_challenge (
        id uuid NOT NULL,
        kind varchar(40) NOT NULL,
        user_id uuid,
        session_id uuid,
        web_authn_challenge bytea,
        client varchar(40),
        auth_methods varchar(40)[] NOT NULL,
        failed_tries integer NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT pk_sign_in_challenge PRIMARY KEY (id),
        CONSTRAINT uq_sign_in_challenge_web_authn_challenge UNIQUE (web_authn_challenge),
        CONSTRAINT fk_sign_in_challenge_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE,
        CONSTRAINT fk_sign_in_challenge_session_id_user_session
            FOREIGN KEY (session_id) REFERENCES user_session (id) ON DELETE CASCADE,
        CONSTRAINT ck_sign_in_challenge_kind CHECK (kind IN ('secondFactor', 'passkeySignIn', 'passkeyRegistration',
            'stepUp', 'emailCode')),
        CONSTRAINT ck_sign_in_challenge_client CHECK (client IN ('browser', 'api'))
    )
    """,
    "CREATE INDEX ix_sign_in_challenge_user_id ON sign_in_challenge (user_id)",
    "CREATE INDEX ix_sign_in_challenge_session_id ON sign_in_challenge (session_id)",
    "CREATE INDEX ix_sign_in_challenge_expires_at ON sign_in_challenge (expires_at)",
    """
    CREATE TABLE known_device (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        token_hash varchar(64) NOT NULL,
        label varchar(100) NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_known_device PRIMARY KEY (id),
        CONSTRAINT uq_known_device_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_known_device_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_known_device_user_id ON known_device (user_id)",
    "CREATE INDEX ix_known_device_expires_at ON known_device (expires_at)",
    """
    CREATE TABLE failure_counter (
        kind varchar(40) NOT NULL,
        subject_hash varchar(64) NOT NULL,
        failures integer NOT NULL,
        first_failed_at timestamptz NOT NULL,
        last_failed_at timestamptz NOT NULL,
        CONSTRAINT pk_failure_counter PRIMARY KEY (kind, subject_hash),
        CONSTRAINT ck_failure_counter_kind CHECK (kind IN ('account', 'address', 'pair', 'device', 'orderSource',
            'orderTarget', 'noticeHour', 'noticeDay'))
    )
    """,
    "CREATE INDEX ix_failure_counter_last_failed_at ON failure_counter (last_failed_at)",
    """
    CREATE TABLE sign_in_pressure (
        slot timestamptz NOT NULL,
        tries integer NOT NULL,
        failures integer NOT NULL,
        CONSTRAINT pk_sign_in_pressure PRIMARY KEY (slot)
    )
    """,
    """
    CREATE TABLE spent_proof (
        challenge_hash varchar(64) NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_spent_proof PRIMARY KEY (challenge_hash)
    )
    """,
    "CREATE INDEX ix_spent_proof_expires_at ON spent_proof (expires_at)",
    """
    CREATE TABLE shadow_registration (
        address_index varchar(64) NOT NULL,
        password_tag varchar(64) NOT NULL,
        previous_tag varchar(64),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_shadow_registration PRIMARY KEY (address_index)
    )
    """,
    "CREATE INDEX ix_shadow_registration_expires_at ON shadow_registration (expires_at)",
    """
    CREATE TABLE api_key (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        name varchar(100) NOT NULL,
        prefix varchar(20) NOT NULL,
        secret_hash varchar(64) NOT NULL,
        scopes varchar(60)[] NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT pk_api_key PRIMARY KEY (id),
        CONSTRAINT uq_api_key_secret_hash UNIQUE (secret_hash),
        CONSTRAINT fk_api_key_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_api_key_user_id_created_at ON api_key (user_id, created_at)",
    """
    CREATE TABLE email_change (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        new_email_sealed varchar(700) NOT NULL,
        old_email_sealed varchar(700) NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        applied_at timestamptz,
        voided_at timestamptz,
        revert_hash varchar(64),
        revert_until timestamptz,
        reverted_at timestamptz,
        CONSTRAINT pk_email_change PRIMARY KEY (id),
        CONSTRAINT uq_email_change_revert_hash UNIQUE (revert_hash),
        CONSTRAINT fk_email_change_user_id_user_account
            FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX uq_email_change_user_id_open ON email_change (user_id)
        WHERE applied_at IS NULL AND voided_at IS NULL
    """,
    "CREATE INDEX ix_email_change_user_id ON email_change (user_id)",
)

# What changed of a user, for the other services of the platform: written by the database in the transaction that made
# it, so that nobody can forget it, and without personal data, so that it may be kept and passed on.
USER_EVENTS = (
    """
    CREATE TABLE user_event (
        id uuid NOT NULL,
        ordinal bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
        user_id uuid NOT NULL,
        type varchar(48) NOT NULL,
        payload jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        feed_position bigint,
        CONSTRAINT pk_user_event PRIMARY KEY (id),
        CONSTRAINT uq_user_event_feed_position UNIQUE (feed_position)
    )
    """,
    "CREATE INDEX ix_user_event_user_id ON user_event (user_id)",
    "CREATE INDEX ix_user_event_unplaced ON user_event (ordinal) WHERE feed_position IS NULL",
    """
    CREATE TABLE user_feed_head (
        id integer NOT NULL,
        last_position bigint NOT NULL,
        CONSTRAINT pk_user_feed_head PRIMARY KEY (id),
        CONSTRAINT ck_user_feed_head_one_row CHECK (id = 1)
    )
    """,
    "INSERT INTO user_feed_head (id, last_position) VALUES (1, 0)",
    """
    CREATE FUNCTION record_user_event(p_user_id uuid, p_type text, p_payload jsonb) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      v_id uuid := generate_uuid7();
      v_at timestamptz := clock_timestamp();
    BEGIN
      INSERT INTO user_event (id, user_id, type, payload, occurred_at)
      VALUES (v_id, p_user_id, p_type, p_payload, v_at);
      INSERT INTO outbox_message (id, topic, payload, created_at, available_at, attempts)
      VALUES (generate_uuid7(), 'user.event',
              jsonb_build_object('eventId', v_id, 'userId', p_user_id, 'type', p_type), v_at, v_at, 0);
    END $$
    """,
    # One event for each kind of change. A sign-in is none: it touches only when the account was used last.
    """
    CREATE FUNCTION user_account_record_events() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      v_standing jsonb;
      v_type text;
    BEGIN
      IF TG_OP = 'DELETE' THEN
        v_type := CASE WHEN OLD.status = 'pendingVerification' THEN 'user.registrationExpired' ELSE 'user.erased' END;
        PERFORM record_user_event(OLD.id, v_type, jsonb_build_object('previousStatus', OLD.status));
        RETURN NULL;
      END IF;
      v_standing := jsonb_build_object('status', NEW.status, 'roles', to_jsonb(NEW.roles),
                                       'emailVerified', NEW.email_verified_at IS NOT NULL);
      IF TG_OP = 'INSERT' THEN
        PERFORM record_user_event(NEW.id, 'user.registered', v_standing);
        RETURN NULL;
      END IF;
      FOR v_type IN
        SELECT change.type FROM (VALUES
          ('user.emailChanged', NEW.email <> OLD.email),
          ('user.passwordChanged', NEW.password_changed_at <> OLD.password_changed_at),
          ('user.profileChanged', (NEW.full_name, NEW.locale) IS DISTINCT FROM (OLD.full_name, OLD.locale)),
          ('user.rolesChanged', NEW.roles <> OLD.roles),
          ('user.suspended', NEW.status <> OLD.status AND NEW.status = 'suspended'),
          ('user.reactivated', NEW.status <> OLD.status AND OLD.status = 'suspended'),
          ('user.activated', NEW.status = 'active' AND OLD.status = 'pendingVerification')
        ) AS change(type, has_happened) WHERE change.has_happened
      LOOP
        PERFORM record_user_event(NEW.id, v_type, v_standing || jsonb_build_object('previousStatus', OLD.status));
      END LOOP;
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER user_account_record_events AFTER INSERT OR DELETE ON user_account
        FOR EACH ROW EXECUTE FUNCTION user_account_record_events()
    """,
    """
    CREATE TRIGGER user_account_record_changes AFTER UPDATE ON user_account FOR EACH ROW
        WHEN ((OLD.email, OLD.password_changed_at, OLD.full_name, OLD.locale, OLD.roles, OLD.status)
              IS DISTINCT FROM (NEW.email, NEW.password_changed_at, NEW.full_name, NEW.locale, NEW.roles, NEW.status))
        EXECUTE FUNCTION user_account_record_events()
    """,
    # What goes with its account is told by the end of the account.
    """
    CREATE FUNCTION user_belonging_record_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      v_row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
      v_user_id uuid := (v_row ->> 'user_id')::uuid;
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM user_account WHERE id = v_user_id) THEN
        RETURN NULL;
      END IF;
      PERFORM record_user_event(v_user_id, TG_ARGV[0], CASE TG_TABLE_NAME
        WHEN 'user_totp' THEN jsonb_build_object('method', 'totp')
        WHEN 'user_passkey' THEN jsonb_build_object('method', 'passkey', 'passkeyId', v_row -> 'id')
        ELSE jsonb_build_object('apiKeyId', v_row -> 'id', 'scopes', v_row -> 'scopes') END);
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER user_totp_record_confirmed AFTER UPDATE ON user_totp FOR EACH ROW
        WHEN (OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL)
        EXECUTE FUNCTION user_belonging_record_event('user.factorAdded')
    """,
    """
    CREATE TRIGGER user_totp_record_removed AFTER DELETE ON user_totp FOR EACH ROW
        WHEN (OLD.confirmed_at IS NOT NULL) EXECUTE FUNCTION user_belonging_record_event('user.factorRemoved')
    """,
    """
    CREATE TRIGGER user_passkey_record_added AFTER INSERT ON user_passkey
        FOR EACH ROW EXECUTE FUNCTION user_belonging_record_event('user.factorAdded')
    """,
    """
    CREATE TRIGGER user_passkey_record_removed AFTER DELETE ON user_passkey
        FOR EACH ROW EXECUTE FUNCTION user_belonging_record_event('user.factorRemoved')
    """,
    """
    CREATE TRIGGER api_key_record_created AFTER INSERT ON api_key
        FOR EACH ROW EXECUTE FUNCTION user_belonging_record_event('user.apiKeyCreated')
    """,
    """
    CREATE TRIGGER api_key_record_revoked AFTER UPDATE ON api_key FOR EACH ROW
        WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
        EXECUTE FUNCTION user_belonging_record_event('user.apiKeyRevoked')
    """,
    # After the commit, one at a time: whoever follows positions misses nothing (as place_payment_events).
    """
    CREATE FUNCTION place_user_events(p_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      v_head bigint;
      v_placed integer;
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM user_event WHERE feed_position IS NULL) THEN
        RETURN 0;
      END IF;
      SELECT last_position INTO v_head FROM user_feed_head WHERE id = 1 FOR UPDATE;
      WITH waiting AS (
        SELECT id, row_number() OVER (ORDER BY ordinal) AS place
        FROM user_event WHERE feed_position IS NULL ORDER BY ordinal LIMIT p_most
      )
      UPDATE user_event SET feed_position = v_head + waiting.place FROM waiting WHERE user_event.id = waiting.id;
      GET DIAGNOSTICS v_placed = ROW_COUNT;
      UPDATE user_feed_head SET last_position = v_head + v_placed WHERE id = 1;
      RETURN v_placed;
    END $$
    """,
)

GRANTS = (
    "REVOKE ALL ON FUNCTION record_user_event(uuid, text, jsonb), user_account_record_events(),"
    " user_belonging_record_event(), place_user_events(integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION place_user_events(integer) TO k_public, k_admin",
    "GRANT SELECT, DELETE ON user_event TO k_public",
    "GRANT SELECT ON user_event TO k_admin",
    "REVOKE ALL ON FUNCTION audit_event_hash(bytea, audit_event), audit_events_of(uuid, uuid, integer),"
    " remove_settled_messages(timestamptz, timestamptz, integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION audit_event_hash(bytea, audit_event) TO k_admin",
    "GRANT EXECUTE ON FUNCTION audit_events_of(uuid, uuid, integer),"
    " remove_settled_messages(timestamptz, timestamptz, integer) TO k_public",
    "GRANT UPDATE (description, merchant_metadata) ON payment TO k_public",
    "GRANT INSERT (passkey_handle), UPDATE (passkey_handle, is_contested, email), DELETE ON user_account TO k_public",
    "GRANT UPDATE (secret_hash, authenticated_at, auth_methods, expires_at) ON user_session TO k_public",
    "GRANT SELECT, INSERT, DELETE ON user_key TO k_public",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON user_totp TO k_public",
    "GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON user_recovery_code TO k_public",
    "GRANT SELECT, INSERT, UPDATE (sign_count, is_backed_up, name, last_used_at, counter_regressed_at), DELETE"
    " ON user_passkey TO k_public",
    "GRANT SELECT, INSERT, UPDATE (sign_count, is_backed_up, name, last_used_at, counter_regressed_at), DELETE"
    " ON administrator_passkey TO k_admin",
    "GRANT UPDATE (passkey_handle, locale) ON administrator TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (last_used_at, expires_at), DELETE ON administrator_device TO k_admin",
    "GRANT SELECT, INSERT, UPDATE (failed_tries, used_at), DELETE ON sign_in_challenge TO k_public",
    "GRANT SELECT, INSERT, UPDATE (last_used_at, expires_at), DELETE ON known_device TO k_public",
    "GRANT SELECT, INSERT, UPDATE (failures, first_failed_at, last_failed_at), DELETE ON failure_counter TO k_public",
    "GRANT SELECT, INSERT, UPDATE (tries, failures), DELETE ON sign_in_pressure TO k_public",
    "GRANT SELECT, INSERT, DELETE ON spent_proof TO k_public",
    "GRANT SELECT, INSERT, UPDATE (password_tag, previous_tag, created_at, expires_at), DELETE"
    " ON shadow_registration TO k_public",
    "GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at), DELETE ON api_key TO k_public",
    "GRANT SELECT, INSERT, UPDATE (applied_at, voided_at, revert_hash, revert_until, reverted_at), DELETE"
    " ON email_change TO k_public",
    "GRANT SELECT (search_words) ON user_account TO k_admin",
    "GRANT SELECT, INSERT ON user_key TO k_admin",
    "GRANT SELECT (device_sealed) ON user_session TO k_admin",
    "GRANT SELECT (user_id, confirmed_at) ON user_totp TO k_admin",
    "GRANT SELECT (id, user_id, name, created_at, last_used_at) ON user_passkey TO k_admin",
    "GRANT SELECT (id, user_id, used_at) ON user_recovery_code TO k_admin",
    "GRANT SELECT (id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at),"
    " UPDATE (revoked_at) ON api_key TO k_admin",
)

NEW_TABLES = (
    "user_event",
    "user_feed_head",
    "email_change",
    "api_key",
    "shadow_registration",
    "spent_proof",
    "failure_counter",
    "sign_in_pressure",
    "known_device",
    "sign_in_challenge",
    "user_passkey",
    "administrator_device",
    "administrator_passkey",
    "user_recovery_code",
    "user_totp",
    "user_key",
)


def upgrade() -> None:
    for statement in (*CHANGES, *TABLES, *USER_EVENTS, *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER user_account_record_events ON user_account")
    op.execute("DROP TRIGGER user_account_record_changes ON user_account")
    for table in NEW_TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DELETE FROM one_time_code WHERE purpose IN ('emailChangeOld', 'emailChangeNew', 'signIn')")
    op.execute("ALTER TABLE one_time_code DROP CONSTRAINT ck_one_time_code_purpose")
    op.execute(
        "ALTER TABLE one_time_code ADD CONSTRAINT ck_one_time_code_purpose"
        " CHECK (purpose IN ('verifyEmail', 'resetPassword'))"
    )
    op.execute(
        "UPDATE user_session SET end_reason = 'revokedByUser'"
        " WHERE end_reason IN ('factorChanged', 'passwordGuessed', 'emailChanged', 'erased')"
    )
    op.execute("ALTER TABLE user_session DROP CONSTRAINT ck_user_session_end_reason")
    op.execute(
        "ALTER TABLE user_session ADD CONSTRAINT ck_user_session_end_reason CHECK (end_reason IN ('logout',"
        " 'revokedByUser', 'revokedByAdministrator', 'passwordChanged', 'passwordReset', 'suspended', 'refreshReused'))"
    )
    op.execute("CREATE INDEX ix_audit_event_target ON audit_event (target_kind, target_id)")
    op.execute("CREATE INDEX ix_audit_event_actor_id ON audit_event (actor_id)")
    op.execute(
        "DROP INDEX ix_audit_event_target_id_occurred_at_id, ix_audit_event_actor_id_action_occurred_at_id,"
        " ix_audit_event_kind, ix_user_account_status_created_at_id"
    )
    op.execute("CREATE INDEX ix_user_account_status ON user_account (status)")
    op.execute("ALTER TABLE user_account RESET (fillfactor)")
    op.execute(
        "ALTER TABLE user_account DROP COLUMN passkey_handle, DROP COLUMN is_contested, DROP COLUMN search_words"
    )
    op.execute("ALTER TABLE administrator_totp DROP COLUMN proposed_sealed")
    op.execute("ALTER TABLE administrator DROP COLUMN passkey_handle, DROP COLUMN locale")
    op.execute("DELETE FROM administrator_challenge WHERE kind IN ('passkeyRegistration', 'passkeyAssertion')")
    op.execute("ALTER TABLE administrator_challenge DROP CONSTRAINT ck_administrator_challenge_kind")
    op.execute(
        "ALTER TABLE administrator_challenge ADD CONSTRAINT ck_administrator_challenge_kind"
        " CHECK (kind IN ('enrollment', 'secondFactor'))"
    )
    op.execute("REVOKE UPDATE (secret_hash, authenticated_at, auth_methods, expires_at) ON user_session FROM k_public")
    op.execute(
        "ALTER TABLE user_session DROP COLUMN device_sealed, ADD COLUMN ip varchar(45),"
        " ADD COLUMN user_agent varchar(400)"
    )
    op.execute("GRANT SELECT (ip, user_agent) ON user_session TO k_admin")
    op.execute("REVOKE UPDATE (email), DELETE ON user_account FROM k_public")
    op.execute("REVOKE UPDATE (description, merchant_metadata) ON payment FROM k_public")
    op.execute(
        "DROP FUNCTION place_user_events(integer), user_belonging_record_event(), user_account_record_events(),"
        " record_user_event(uuid, text, jsonb)"
    )
    op.execute("DROP FUNCTION remove_settled_messages(timestamptz, timestamptz, integer)")
    op.execute("DROP FUNCTION audit_events_of(uuid, uuid, integer)")
    # audit_event.client_address stays wide: what was written into it stays as it is.
    for table in ("user_session", "one_time_code"):
        op.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_user_id_user_account,"
            f" ADD CONSTRAINT fk_{table}_user_id_user_account FOREIGN KEY (user_id) REFERENCES user_account (id)"
        )
