namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>As django-rls-tenants writes it: one setting for the tenant, and one that lets an admin see everything, which any SQL can set.</summary>
internal static class DjangoCase
{
    internal static ForeignCase Case { get; } = new("Django", """
        CREATE TABLE tenants_tenant (id serial PRIMARY KEY, name varchar(100) NOT NULL, is_active boolean NOT NULL DEFAULT true);
        CREATE TABLE shop_customer (id bigserial, tenant_id integer NOT NULL REFERENCES tenants_tenant DEFERRABLE INITIALLY DEFERRED,
            email varchar(254) NOT NULL,
            PRIMARY KEY (tenant_id, id));
        CREATE TABLE shop_order (id bigserial, tenant_id integer NOT NULL REFERENCES tenants_tenant DEFERRABLE INITIALLY DEFERRED, customer_id bigint NOT NULL,
            total numeric(10, 2) NOT NULL CHECK (total >= 0), state varchar(10) NOT NULL CHECK (state IN ('new', 'paid', 'sent')), PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, customer_id) REFERENCES shop_customer DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE shop_audit (id bigserial, tenant_id integer NOT NULL REFERENCES tenants_tenant, entry jsonb NOT NULL, PRIMARY KEY (tenant_id, id));
        CREATE TABLE django_migrations (id bigserial PRIMARY KEY, app varchar(255), name varchar(255));
        GRANT SELECT, INSERT, UPDATE, DELETE ON shop_customer, shop_order TO $web; GRANT SELECT, INSERT ON shop_audit TO $web;
        GRANT SELECT ON tenants_tenant TO $web;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO $web;
        DO $$ DECLARE t text; BEGIN
            FOREACH t IN ARRAY '{shop_customer,shop_order}'::text[] LOOP
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
                EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
                EXECUTE format($p$CREATE POLICY %I ON %I USING (tenant_id = nullif((SELECT current_setting('rls.current_tenant', true)), '')::int
                    OR (SELECT current_setting('rls.is_admin', true)) = 'true')$p$, t || '_tenant_isolation_policy', t);
            END LOOP;
        END $$;
        ALTER TABLE shop_audit ENABLE ROW LEVEL SECURITY; ALTER TABLE shop_audit FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop_audit USING (tenant_id = nullif((SELECT current_setting('rls.current_tenant', true)), '')::int);
        ALTER TABLE tenants_tenant ENABLE ROW LEVEL SECURITY; ALTER TABLE tenants_tenant FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON tenants_tenant FOR SELECT USING (id = nullif((SELECT current_setting('rls.current_tenant', true)), '')::int);
        """)
    {
        Context = "set_config('rls.is_admin', 'false', true), set_config('rls.current_tenant', :tenant, true)",
        Holes = ["public.shop_customer", "public.shop_order"],
    };
}
