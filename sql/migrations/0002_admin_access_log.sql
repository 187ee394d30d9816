-- Who opened an admin context, why and when. The entry is written and committed before the context opens.
SET ROLE app_owner;

CREATE TABLE IF NOT EXISTS app.admin_access_log (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    login       name        NOT NULL DEFAULT session_user,
    client_addr inet        DEFAULT inet_client_addr(),
    backend_pid int         NOT NULL DEFAULT pg_backend_pid(),
    actor       text        NOT NULL CHECK (actor ~ '[^[:space:]]'),
    reason      text        NOT NULL CHECK (reason ~ '[^[:space:]]'),
    read_only   boolean     NOT NULL
);

-- What the operator says can be written; when, from where and by which login cannot, and nothing can be changed afterwards.
DO $privileges$
DECLARE
    roles constant text := array_to_string(app.role_names(), ', ');
BEGIN
    EXECUTE format('REVOKE ALL ON TABLE app.admin_access_log FROM PUBLIC, %s', roles);
    EXECUTE format('REVOKE ALL ON SEQUENCE app.admin_access_log_id_seq FROM PUBLIC, %s', roles);
END
$privileges$;
GRANT SELECT, INSERT (actor, reason, read_only) ON TABLE app.admin_access_log TO admin_role;

RESET ROLE;
