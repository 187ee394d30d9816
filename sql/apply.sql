-- Everything, in order, in one transaction; again without harm. As a superuser, or as the owner of the database with CREATEROLE:
--   psql -v ON_ERROR_STOP=1 -f sql/apply.sql
-- -v without_invoicing=1 leaves out the tables of the article, -v guard=1 turns the tenant guard on, -v seal=1 seals the tenant context.
-- A file whose name begins with a number is run once by SchemaMigrator and sme-data migrate; the others are run again when their text has changed.
-- They read this list, so the order stands here alone.
\set ON_ERROR_STOP on
BEGIN;
\ir migrations/0001_roles.sql
\ir migrations/0002_admin_access_log.sql
\ir migrations/0003_seal_keys.sql
\ir migrations/0004_keep_sessions.sql
\ir migrations/0005_protected_tables.sql
\ir objects/context.sql
\ir objects/seal_keys.sql
\ir objects/admin_access_log.sql
\ir objects/protection.sql
\ir objects/protect_table.sql
\ir objects/tenants_table.sql
\ir objects/delete_organization.sql
\ir objects/keep_policies.sql
\ir objects/schema_version.sql
\if :{?without_invoicing}
\else
\ir invoicing/0001_tables.sql
\ir invoicing/0002_article_columns.sql
\ir invoicing/protection.sql
\endif
\if :{?guard}
\ir guard/tenant_guard.sql
\endif
\if :{?seal}
\ir seal/sealed_context.sql
\endif
COMMIT;
