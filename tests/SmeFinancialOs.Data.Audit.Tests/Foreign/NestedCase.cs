namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>Resellers with organizations below them. One table has the reseller alone, one both, and one compares the wrong level.</summary>
internal static class NestedCase
{
    internal static ForeignCase Case { get; } = new("Nested", """
        CREATE TABLE resellers (id uuid PRIMARY KEY, name text);
        CREATE TABLE organizations (reseller_id uuid NOT NULL REFERENCES resellers, id uuid NOT NULL UNIQUE, name text, PRIMARY KEY (reseller_id, id));
        CREATE TABLE price_lists (reseller_id uuid NOT NULL REFERENCES resellers, id integer NOT NULL, cents integer, PRIMARY KEY (reseller_id, id));
        CREATE TABLE contracts (reseller_id uuid NOT NULL, organization_id uuid NOT NULL REFERENCES organizations (id), id integer NOT NULL,
            PRIMARY KEY (organization_id, id),
            FOREIGN KEY (reseller_id, organization_id) REFERENCES organizations);
        CREATE TABLE usage_records (reseller_id uuid NOT NULL, organization_id uuid NOT NULL REFERENCES organizations (id), id integer NOT NULL, units integer,
            PRIMARY KEY (organization_id, id), FOREIGN KEY (reseller_id, organization_id) REFERENCES organizations);
        DO $$ DECLARE t text; BEGIN
            FOREACH t IN ARRAY '{resellers,organizations,price_lists,contracts,usage_records}'::text[] LOOP
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
                EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
                EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO $web', t);
            END LOOP;
        END $$;
        CREATE POLICY own ON resellers USING (id = (SELECT nullif(current_setting('app.reseller', true), '')::uuid));
        CREATE POLICY own ON organizations USING (reseller_id = (SELECT nullif(current_setting('app.reseller', true), '')::uuid));
        CREATE POLICY own ON price_lists USING (reseller_id = (SELECT nullif(current_setting('app.reseller', true), '')::uuid));
        CREATE POLICY own ON contracts USING (organization_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
            AND reseller_id = (SELECT nullif(current_setting('app.reseller', true), '')::uuid));
        CREATE POLICY own ON usage_records USING (reseller_id = (SELECT nullif(current_setting('app.reseller', true), '')::uuid));
        """)
    {
        TenantColumn = "organization_id",
        OtherTenantColumns = ["reseller_id"],
        Context = "set_config('app.organization', :tenant, true), set_config('app.reseller', :reseller_id, true)",
        Holes = ["public.usage_records"],
        Reached = ["public.usage_records"],
    };
}
