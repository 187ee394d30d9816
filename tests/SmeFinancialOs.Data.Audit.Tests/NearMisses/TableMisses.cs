using static SmeFinancialOs.Data.Audit.Tests.NearMisses.NearMiss;

namespace SmeFinancialOs.Data.Audit.Tests.NearMisses;

/// <summary>Tables, keys and foreign keys.</summary>
internal static class TableMisses
{
    internal static IReadOnlyList<NearMiss> All { get; } =
    [
        Of("table-without-rls", "columns with nearly the name", """CREATE TABLE public.moved (org_id_old uuid, "ORG_ID" uuid)"""),
        Of("table-not-forced", "a table of no tenant", "CREATE TABLE public.codes (code text PRIMARY KEY); ALTER TABLE public.codes ENABLE ROW LEVEL SECURITY"),
        Of("table-without-policy", "a policy for one command alone", """
            CREATE TABLE public.bare (org_id uuid PRIMARY KEY REFERENCES public.organizations);
            ALTER TABLE public.bare ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE POLICY mine ON public.bare FOR SELECT TO $tenant USING (org_id = (SELECT app.current_org_id()))
            """),
        Of("tenant-column-not-indexed", "an index that is no key",
            "ALTER TABLE public.items DROP CONSTRAINT items_pkey; CREATE INDEX ON public.items (org_id, code)"),
        Of("tenant-column-nullable", "a primary key makes it NOT NULL", "CREATE TABLE public.kids (org_id uuid, id uuid, PRIMARY KEY (id, org_id))"),
        Of("tenant-column-type", "a domain over the type", "CREATE DOMAIN public.org AS uuid; CREATE TABLE public.kids (org_id public.org PRIMARY KEY)"),
        Of("tenant-column-without-foreign-key", "the key of another tenant table carries it", """
            CREATE TABLE public.kids (org_id uuid, id uuid, item uuid, PRIMARY KEY (org_id, id), FOREIGN KEY (org_id, item) REFERENCES public.items)
            """),
        Of("table-without-tenant-column", "for operators alone", "CREATE TABLE public.codes (code text PRIMARY KEY); GRANT ALL ON public.codes TO $admin"),
        Of("table-without-tenant-column", "in a schema that the app may not use", """
            CREATE SCHEMA shut; CREATE TABLE shut.codes (code text PRIMARY KEY); GRANT ALL ON shut.codes TO $tenant
            """),
        Of("child-open", "with row-level security of its own", """
            CREATE TABLE public.child () INHERITS (public.items);
            GRANT SELECT ON public.child TO $tenant;
            ALTER TABLE public.child ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
            """),
        Of("key-without-tenant-column", "the tenant column comes last", "CREATE UNIQUE INDEX ON public.items (code, org_id) INCLUDE (id)"),
        Of("key-without-tenant-column", "an index that is not unique", "CREATE INDEX ON public.items (lower(code))"),
        Of("foreign-key-without-tenant-column", "its columns in another order", """
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (parent, org_id) REFERENCES public.items (id, org_id)
            """),
        Of("foreign-key-without-tenant-column", "a second parent that the policy looks at", """
            ALTER TABLE public.items ADD UNIQUE (id);
            CREATE TABLE public.kids (id uuid PRIMARY KEY, item uuid NOT NULL REFERENCES public.items (id), other uuid REFERENCES public.items (id));
            ALTER TABLE public.kids ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            GRANT SELECT, INSERT ON public.kids TO $tenant;
            CREATE POLICY up ON public.kids TO $tenant USING (EXISTS (SELECT FROM public.items i WHERE i.id = item AND i.org_id = (SELECT app.current_org_id()))
                AND (other IS NULL OR EXISTS (SELECT FROM public.items i WHERE i.id = other AND i.org_id = (SELECT app.current_org_id()))))
            """),
        Of("foreign-key-nulls-tenant", "sets another column to null", """
            ALTER TABLE public.items ADD parent uuid,
                ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items ON DELETE SET NULL (parent)
            """),
        Of("foreign-key-unchecked", "validated later", """
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items NOT VALID;
            ALTER TABLE public.items VALIDATE CONSTRAINT up
            """),
        Of("foreign-key-unchecked", "a disabled trigger that is of no key", """
            CREATE TRIGGER quiet BEFORE UPDATE ON public.items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
            ALTER TABLE public.items DISABLE TRIGGER quiet
            """),
        Of("foreign-key-validated-blind", "made by a superuser, whom no policy binds", """
            ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items
            """),
        Of("foreign-key-validated-blind", "made with the table, which had no rows", """
            ALTER ROLE $owner LOGIN;
            CREATE TABLE public.parts (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id uuid, PRIMARY KEY (org_id, id));
            ALTER TABLE public.parts OWNER TO $owner; SELECT app.protect_table('public.parts')
            """),
        Of("cascade-from-shared-table", "the app may read it alone", """
            CREATE TABLE public.countries (code text PRIMARY KEY);
            GRANT SELECT ON public.countries TO $tenant;
            ALTER TABLE public.items ADD country text CONSTRAINT items_country REFERENCES public.countries ON DELETE CASCADE
            """),
        Of("cascade-from-shared-table", "row-level security lets the app delete nothing", """
            CREATE TABLE public.countries (code text PRIMARY KEY);
            ALTER TABLE public.countries ENABLE ROW LEVEL SECURITY;
            CREATE POLICY readable ON public.countries FOR SELECT USING (true);
            GRANT SELECT, UPDATE, DELETE ON public.countries TO $tenant;
            ALTER TABLE public.items ADD country text CONSTRAINT items_country REFERENCES public.countries ON DELETE CASCADE
            """),
        Of("table-rewrite-rule", "on a table of no tenant", """
            CREATE TABLE public.log (id uuid);
            CREATE RULE copy AS ON INSERT TO public.log DO ALSO NOTIFY logged
            """),
        Of("table-rewrite-rule", "does nothing in place of the command", "CREATE RULE keep AS ON DELETE TO public.items DO INSTEAD NOTHING"),
    ];
}
