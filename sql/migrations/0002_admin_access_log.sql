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
REVOKE ALL ON TABLE app.admin_access_log FROM PUBLIC, app_user, admin_user, tenant_role, demo_role, admin_role;
REVOKE ALL ON SEQUENCE app.admin_access_log_id_seq FROM PUBLIC, app_user, admin_user, tenant_role, demo_role, admin_role;
GRANT SELECT, INSERT (actor, reason, read_only) ON TABLE app.admin_access_log TO admin_role;

RESET ROLE;
