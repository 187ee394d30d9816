-- Everything, in order, in one transaction; again without harm. As a superuser, or as the owner of the database with CREATEROLE:
--   psql -v ON_ERROR_STOP=1 -f sql/apply.sql
-- -v tenant_type=bigint (or text) is for tenant ids of another type than uuid, chosen once; it leaves out the tables of the article, whose ids are uuids.
-- -v without_invoicing=1 leaves out these tables, -v guard=1 turns the tenant guard on, -v seal=1 seals the tenant context.
-- A file whose name begins with a number is run once by SchemaMigrator and sme-data migrate; the others are run again when their text has changed.
-- They read this list, so the order stands here alone.
\set ON_ERROR_STOP on
BEGIN;
\if :{?tenant_type}
SELECT set_config('app.tenant_type', :'tenant_type', true) \gset
\endif
\ir migrations/0001_roles.sql
\ir migrations/0002_admin_access_log.sql
\ir migrations/0003_seal_keys.sql
\ir migrations/0004_keep_sessions.sql
\ir migrations/0005_protected_tables.sql
\ir migrations/0006_tenant_id.sql
\ir migrations/0007_maintenance_log.sql
\ir migrations/0008_resolvers.sql
\ir migrations/0009_table_kinds.sql
\ir objects/context.sql
\ir objects/maintenance.sql
\ir objects/seal_keys.sql
\ir objects/admin_access_log.sql
\ir objects/protection.sql
\ir objects/apply_protection.sql
\ir objects/register_table.sql
\ir objects/protect_table.sql
\ir objects/protect_through.sql
\ir objects/add_tenant_column.sql
\ir objects/share_table.sql
\ir objects/unprotect_table.sql
\ir objects/users.sql
\ir objects/tenants_table.sql
\ir objects/delete_tenant.sql
\ir objects/resolvers.sql
\ir objects/invitations.sql
\ir objects/keep_policies.sql
\ir objects/schema_version.sql
SELECT t.typbasetype = 'uuid'::regtype AS invoicing FROM pg_catalog.pg_type t WHERE t.oid = 'app.tenant_id'::regtype \gset
\if :{?without_invoicing}
\set invoicing off
\endif
\if :invoicing
\ir invoicing/0001_tables.sql
\ir invoicing/0002_article_columns.sql
\ir invoicing/protection.sql
\endif
-- Once sealed a database stays sealed, and gets a newer seal.
SELECT to_regclass('app_seal.context') IS NOT NULL AS sealed \gset
\if :{?seal}
\set sealed on
\endif
\if :sealed
\ir seal/sealed_context.sql
\endif
-- A superuser brings the guard's allowlist, also where the guard is off: whatever it calls belongs to no lesser role. A guard that is on gets this version's
-- text, because one of an older version would refuse newer policies.
SELECT current_setting('is_superuser') AS allowlist, EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtname = 'tenant_guard') AS guarded \gset
\if :{?guard}
\set guarded on
\endif
\if :guarded
\set allowlist on
\endif
\if :allowlist
\ir guard/allowlist.sql
\endif
\if :guarded
\ir guard/tenant_guard.sql
\endif
COMMIT;

-- Then every protected table, the host's too, is brought to the policies and privileges of these files: each in a transaction of its own, so that what is done
-- stays done, and only those that are not as expected. SchemaMigrator does the same in C#. By oid: a name can contain what ends the DO block.
SET ROLE app_owner;
SET lock_timeout = '5s';
\set ON_ERROR_STOP off
SELECT format('DO $do$ BEGIN PERFORM app.apply_protection(%s::regclass); END $do$', t.relation::oid)
FROM app.protected_tables t JOIN pg_catalog.pg_class c ON c.oid = t.relation WHERE EXISTS (SELECT FROM app.protection_faults(t.relation)) \gexec
\set ON_ERROR_STOP on
DO $left$
DECLARE
    tables text;
BEGIN
    SELECT string_agg(format('%I.%I (%s)', n.nspname, c.relname, f.faults), ', ' ORDER BY n.nspname, c.relname) INTO tables
    FROM app.protected_tables t JOIN pg_catalog.pg_class c ON c.oid = t.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT string_agg(p.fault, '; ' ORDER BY p.fault) FROM app.protection_faults(t.relation) p) AS f (faults)
    WHERE f.faults IS NOT NULL;
    IF tables IS NOT NULL THEN
        RAISE EXCEPTION 'these protected tables are not as this version expects: %', tables
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'The errors above say why. Run this again when the table is not in use, or SELECT app.apply_protection(..) as its owner '
                         'or a superuser.';
    END IF;
END
$left$;
RESET lock_timeout;
RESET ROLE;
