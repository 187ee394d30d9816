-- The registry takes tables without a tenant column: children of a protected table, users seen through memberships, and tables that all tenants share.
SET ROLE app_owner;

ALTER TABLE app.protected_tables
    -- tenants: the table of the tenants themselves. column: each row names its tenant in a column of its own. parent: a row belongs to the tenant of the row
    -- of parent that it refers to. users: a row is seen where a row of parent, the memberships, refers to it. shared: the same rows for all tenants.
    DROP CONSTRAINT IF EXISTS protected_tables_kind_check,
    ADD CONSTRAINT protected_tables_kind_check CHECK (kind IN ('tenants', 'column', 'parent', 'users', 'shared')),
    ALTER COLUMN tenant_column DROP NOT NULL,
    ADD COLUMN IF NOT EXISTS parent     regclass,
    -- The columns of the foreign key: of this table to parent; where kind is users, of parent to this table.
    ADD COLUMN IF NOT EXISTS parent_key name[],
    -- What tenants may read of a table of users.
    ADD COLUMN IF NOT EXISTS columns    name[],
    DROP CONSTRAINT IF EXISTS protected_tables_columns_check,
    ADD CONSTRAINT protected_tables_columns_check CHECK (
        (kind IN ('tenants', 'column')) = (tenant_column IS NOT NULL) AND (kind IN ('parent', 'users')) = (parent IS NOT NULL)
        AND (parent IS NULL) = (parent_key IS NULL) AND (kind = 'users') = (columns IS NOT NULL));

RESET ROLE;
