using static SmeFinancialOs.Data.Audit.Tests.PlantedFault;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>Faults of tables, their keys and foreign keys.</summary>
internal static class TableFaults
{
    internal static IReadOnlyList<PlantedFault> All { get; } =
    [
        Of("table-without-rls", "public.items", "ALTER TABLE public.items DISABLE ROW LEVEL SECURITY", "policy-rls-off"),
        Of("table-not-forced", "public.items", "ALTER TABLE public.items NO FORCE ROW LEVEL SECURITY"),
        Of("table-without-policy", "public.bare", """
            CREATE TABLE public.bare (org_id uuid PRIMARY KEY REFERENCES public.organizations);
            ALTER TABLE public.bare ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
            """),
        Of("tenant-column-not-indexed", "public.items", "ALTER TABLE public.items DROP CONSTRAINT items_pkey"),
        Of("tenant-column-nullable", "public.items", """
            ALTER TABLE public.items DROP CONSTRAINT items_pkey;
            ALTER TABLE public.items ALTER org_id DROP NOT NULL;
            CREATE INDEX ON public.items (org_id)
            """),
        Of("tenant-column-type", "public.texts", """
            CREATE TABLE public.texts (org_id text PRIMARY KEY);
            ALTER TABLE public.texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
            """, "tenant-column-without-foreign-key", "table-without-policy"),
        Of("tenant-column-without-foreign-key", "public.items", "ALTER TABLE public.items DROP CONSTRAINT items_org_id_fkey"),
        Of("table-without-tenant-column", "public.countries", """
            CREATE TABLE public.countries (code text PRIMARY KEY);
            GRANT SELECT ON public.countries TO $tenant
            """),
        Of("table-without-rls", "public.bare", """
            CREATE TABLE public.bare (org_id uuid PRIMARY KEY REFERENCES public.organizations);
            CREATE POLICY tenant_isolation ON public.bare TO $admin USING (true)
            """, "policy-rls-off") with { Form = "only operators have a policy" },
        Of("child-open", "public.child", "CREATE TABLE public.child () INHERITS (public.items); GRANT SELECT ON public.child TO $tenant"),
        Of("key-without-tenant-column", "items_code_key on public.items", "ALTER TABLE public.items ADD UNIQUE (code)"),
        Of("foreign-key-without-tenant-column", "up on public.items", """
            ALTER TABLE public.items ADD UNIQUE (id), ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (parent) REFERENCES public.items (id)
            """, "key-without-tenant-column"),
        Of("foreign-key-nulls-tenant", "up on public.items", """
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items ON DELETE SET NULL
            """),
        Of("table-without-rls", "public.kid", """
            CREATE TABLE public.base (id uuid);
            CREATE TABLE public.kid (org_id uuid PRIMARY KEY REFERENCES public.organizations) INHERITS (public.base)
            """) with { Form = "child of a table that is none of a tenant" },
        Of("table-without-rls", "public.bare", """
            CREATE TABLE public.bare (org_id uuid PRIMARY KEY REFERENCES public.organizations);
            GRANT SELECT ON public.bare TO $tenant
            """) with { Form = "app has privileges" },
        Of("table-without-rls", "\"Other One\".\"Big\"", """
            CREATE SCHEMA "Other One";
            CREATE TABLE "Other One"."Big" (org_id uuid PRIMARY KEY REFERENCES public.organizations)
            """) with { Form = "capitals in another schema" },
        Of("child-open", "public.part1", """
            CREATE TABLE public.parts (org_id uuid NOT NULL REFERENCES public.organizations, at date NOT NULL, PRIMARY KEY (org_id,
                at)) PARTITION BY RANGE (at);
            CREATE TABLE public.part1 PARTITION OF public.parts DEFAULT;
            SELECT app.protect_table('public.parts');
            GRANT SELECT ON public.part1 TO $app;
            ALTER TABLE public.part1 NO FORCE ROW LEVEL SECURITY
            """) with { Form = "partition" },
        Of("table-without-tenant-column", "public.countries", """
            CREATE TABLE public.countries (code text PRIMARY KEY);
            GRANT SELECT (code) ON public.countries TO PUBLIC
            """) with { Form = "one column, to PUBLIC" },
        Of("tenant-column-type", "public.texts", """
            CREATE TABLE public.texts (org_id text PRIMARY KEY);
            ALTER TABLE public.texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE POLICY mine ON public.texts USING (org_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')))
            """, "tenant-column-without-foreign-key") with { Form = "with a policy", Person = "policies of another type have to be written anew" },
        Of("key-without-tenant-column", "items_lower on public.items", """
            CREATE UNIQUE INDEX items_lower ON public.items (lower(code)) WHERE code IS NOT NULL
            """) with { Form = "unique index on an expression with a condition" },
        Of("key-without-tenant-column", "items_excl on public.items", """
            ALTER TABLE public.items ADD CONSTRAINT items_excl EXCLUDE USING btree (code WITH =)
            """) with { Form = "exclusion" },
        Of("key-without-tenant-column", "items_pkey on public.items", """
            ALTER TABLE public.items DROP CONSTRAINT items_pkey;
            ALTER TABLE public.items ADD PRIMARY KEY (id) INCLUDE (code);
            CREATE INDEX ON public.items (org_id)
            """) with { Form = "primary key with included column" },
        Of("key-without-tenant-column", "items_id_key on public.items", """
            ALTER TABLE public.items ADD UNIQUE (id);
            CREATE TABLE public.kids (org_id uuid NOT NULL REFERENCES public.organizations, id uuid NOT NULL,
                item uuid CONSTRAINT kid_item REFERENCES public.items (id) ON DELETE SET NULL, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('public.kids')
            """, "foreign-key-without-tenant-column") with { Form = "with foreign keys of others" },
        Of("key-without-tenant-column", "items_id_key on public.items", """
            ALTER TABLE public.items ADD UNIQUE (id);
            CREATE TABLE public.kids (item uuid REFERENCES public.items (id))
            """) with { Form = "a table of no tenant refers to it", Person = "what the other table is for is not in the catalog" },
        Of("foreign-key-without-tenant-column", "kid_item on public.kids", """
            CREATE TABLE public.kids (org_id uuid NOT NULL REFERENCES public.organizations, id uuid NOT NULL, item uuid, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('public.kids');
            ALTER TABLE public.items ADD UNIQUE (id);
            ALTER TABLE public.kids ADD CONSTRAINT kid_item FOREIGN KEY (item) REFERENCES public.items (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
            """, "key-without-tenant-column") with { Form = "deferrable, sets null" },
        Of("foreign-key-without-tenant-column", "other_item on public.kids", """
            ALTER TABLE public.items ADD UNIQUE (id);
            CREATE TABLE public.kids (id uuid PRIMARY KEY, item uuid NOT NULL REFERENCES public.items (id),
                other uuid CONSTRAINT other_item REFERENCES public.items (id));
            ALTER TABLE public.kids ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            GRANT SELECT, INSERT ON public.kids TO $tenant;
            CREATE POLICY up ON public.kids TO $tenant
                USING (EXISTS (SELECT FROM public.items i WHERE i.id = item AND i.org_id = (SELECT app.current_org_id())))
            """, "key-without-tenant-column", "table-without-tenant-column") with
        {
            Form = "second parent of a child table",
            Person = "whether the table gets a tenant column or a policy compares the parents is the host's choice",
        },
        Of("foreign-key-without-tenant-column", "before on public.kids", """
            ALTER TABLE public.items ADD UNIQUE (id);
            CREATE TABLE public.kids (id uuid PRIMARY KEY, item uuid NOT NULL REFERENCES public.items (id),
                last uuid CONSTRAINT before REFERENCES public.kids);
            ALTER TABLE public.kids ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            GRANT SELECT, INSERT ON public.kids TO $tenant;
            CREATE POLICY up ON public.kids TO $tenant
                USING (EXISTS (SELECT FROM public.items i WHERE i.id = item AND i.org_id = (SELECT app.current_org_id())))
            """, "key-without-tenant-column", "table-without-tenant-column") with
        {
            Form = "a child table that refers to itself",
            Person = "whether the table gets a tenant column or a policy compares the parents is the host's choice",
        },
        Of("foreign-key-nulls-tenant", "up on public.items", """
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items ON UPDATE SET NULL
            """) with { Form = "on update" },
        Of("foreign-key-nulls-tenant", "up on public.items", """
            ALTER TABLE public.items DROP CONSTRAINT items_org_id_fkey, ADD CONSTRAINT up
                FOREIGN KEY (org_id) REFERENCES public.organizations ON DELETE SET NULL
            """) with { Form = "the tenant column alone" },
        Of("foreign-key-unchecked", "public.items", "ALTER TABLE public.items DISABLE TRIGGER ALL") with { Form = "triggers" },
        Of("foreign-key-unchecked", "up on public.items", """
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items NOT VALID
            """) with { Form = "not valid" },
        Of("foreign-key-unchecked", "up on public.items", """
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items NOT ENFORCED
            """) with { Form = "not enforced", Since = 18 },
        Of("foreign-key-validated-blind", "up on public.items", """
            ALTER ROLE $owner LOGIN;
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items
            """) with { Person = "only whoever sees all rows can tell whether some violate it" },
        Of("cascade-from-shared-table", "items_country on public.items", """
            CREATE TABLE public.countries (code text PRIMARY KEY);
            GRANT DELETE ON public.countries TO $tenant;
            ALTER TABLE public.items ADD country text CONSTRAINT items_country REFERENCES public.countries ON DELETE CASCADE
            """, "table-without-tenant-column"),
        Of("table-rewrite-rule", "copy on public.items", """
            CREATE TABLE public.log (id uuid);
            CREATE RULE copy AS ON INSERT TO public.items DO ALSO INSERT INTO public.log VALUES (new.id)
            """),
    ];
}
