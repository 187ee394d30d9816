-- After sme-data migrate --tenant-type bigint: one call for each table. The SQL of the app stays as it is.
BEGIN;
-- Protected tables belong to a role that no login of the app may become.
ALTER SCHEMA shop OWNER TO app_owner;
DO $$
DECLARE
    tables name;
BEGIN
    FOR tables IN SELECT tablename FROM pg_tables WHERE schemaname = 'shop' LOOP
        EXECUTE format('ALTER TABLE shop.%I OWNER TO app_owner', tables);
    END LOOP;
END
$$;
SET LOCAL ROLE app_owner;

SELECT app.use_tenants('shop.accounts', 'id');
CREATE INDEX ON shop.memberships (user_id);
SELECT app.protect_table('shop.memberships', 'account_id');
SELECT app.protect_table('shop.orders', 'account_id');
CREATE INDEX ON shop.api_keys (account_id);
SELECT app.protect_table('shop.api_keys', 'account_id');
SELECT app.protect_through('shop.users', 'shop.memberships', columns => '{id,email,name}');
SELECT app.protect_through('shop.order_notes', 'shop.orders');
CREATE INDEX ON shop.order_lines (order_id);
SELECT app.add_tenant_column('shop.order_lines', through => 'shop.orders');
SELECT app.share_table('shop.countries');

-- Who changed an order: the user of the request, whatever the statement says.
ALTER TABLE shop.orders ADD COLUMN changed_by text;
SELECT app.track_changes_by('shop.orders', 'changed_by');

-- Before the account is known: the key of a program, and the membership of a user.
SELECT app.create_resolver('api_key', 'shop.api_keys', '{key_hash}', 'account_id');
SELECT app.create_resolver('membership', 'shop.memberships', '{user_id,account_id}', 'account_id');

-- An account invites an address, and the user who has it accepts.
CREATE TABLE shop.invitations (
    account_id bigint NOT NULL REFERENCES shop.accounts ON DELETE CASCADE,
    email      text NOT NULL,
    role       text NOT NULL DEFAULT 'member',
    PRIMARY KEY (account_id, email));
SELECT app.protect_table('shop.invitations', 'account_id');
SELECT app.create_acceptance('shop.invitations', users => 'shop.users', copied => '{role}');
COMMIT;
