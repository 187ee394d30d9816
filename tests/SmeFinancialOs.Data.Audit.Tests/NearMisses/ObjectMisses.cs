using static SmeFinancialOs.Data.Audit.Tests.NearMisses.NearMiss;

namespace SmeFinancialOs.Data.Audit.Tests.NearMisses;

/// <summary>Views, functions, privileges and the rest.</summary>
internal static class ObjectMisses
{
    internal static IReadOnlyList<NearMiss> All { get; } =
    [
        Of("view-without-invoker", "with security_invoker", """
            CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.items;
            GRANT SELECT ON public.v TO $tenant
            """),
        Of("view-without-invoker", "reads no table of tenants", "CREATE VIEW public.v AS SELECT 1 AS org_id; GRANT SELECT ON public.v TO $tenant"),
        Of("view-without-invoker", "for operators alone", "CREATE VIEW public.v AS SELECT * FROM public.items; GRANT SELECT ON public.v TO $admin"),
        Of("view-over-definer-view", "both ask the one who asks", """
            CREATE VIEW public.inner_v WITH (security_invoker = true) AS SELECT * FROM public.items;
            CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.inner_v;
            GRANT SELECT ON public.v TO $tenant
            """),
        Of("view-over-definer-view", "the inner one reads no table of tenants", """
            CREATE VIEW public.inner_v AS SELECT 1 AS one;
            CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.inner_v, public.items;
            GRANT SELECT ON public.v TO $tenant
            """),
        Of("owner-needs-context", "with the rights of its caller", """
            SET LOCAL ROLE $owner;
            CREATE FUNCTION public.d() RETURNS bigint LANGUAGE sql SET search_path = public, pg_temp AS 'SELECT count(*) FROM public.items';
            CREATE VIEW public.v WITH (security_invoker) AS SELECT * FROM public.items;
            RESET ROLE
            """),
        Of("owner-needs-context", "that reads no protected table", """
            SET LOCAL ROLE $owner;
            CREATE TABLE public.plain (id int);
            CREATE FUNCTION public.d() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT count(*) FROM public.plain';
            RESET ROLE
            """),
        Of("materialized-view-open", "for operators alone",
            "CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.items; GRANT SELECT ON public.m TO $admin"),
        Of("foreign-table-open", "for operators alone", """
            CREATE FOREIGN DATA WRAPPER w;
            CREATE SERVER s FOREIGN DATA WRAPPER w;
            CREATE FOREIGN TABLE public.f (a int) SERVER s;
            GRANT SELECT ON public.f TO $admin
            """),
        Of("definer-search-path", "pg_temp last", Definer("SET search_path = public, pg_temp AS 'SELECT 1'")),
        Of("definer-search-path", "an empty path, and no temporary objects", Definer("SET search_path = '' AS 'SELECT 1'")),
        Of("definer-search-path", "with the rights of the caller", "CREATE FUNCTION public.d() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
        Of("definer-bypasses", "of an owner whom the policies bind", Definer("SET search_path = public, pg_temp AS 'SELECT count(*)::int FROM public.items'")),
        Of("definer-bypasses", "the app may not call it", """
            CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT 1';
            REVOKE ALL ON FUNCTION public.d() FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION public.d() TO $admin
            """),
        Of("function-leakproof", "immutable and strict, no more",
            "CREATE FUNCTION public.l(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT true'"),
        Of("large-objects-open", "for operators", "GRANT EXECUTE ON FUNCTION pg_catalog.lo_get(oid) TO $admin"),
        Of("backends-open", "for operators", "GRANT EXECUTE ON FUNCTION pg_catalog.pg_cancel_backend(int) TO $admin"),
        Of("owned-droppable", "another event trigger that refuses it", """
            DROP EVENT TRIGGER keep_policies;
            CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('DROP OWNED') EXECUTE FUNCTION app.keep_policies()
            """),
        Of("grant-truncate", "for operators", "GRANT TRUNCATE ON public.items TO $admin"),
        Of("grant-references", "for operators", "GRANT REFERENCES (id) ON public.items TO $admin"),
        Of("grant-trigger", "of a table of no tenant", "CREATE TABLE public.codes (code text); GRANT TRIGGER ON public.codes TO $tenant"),
        Of("grant-maintain", "all privileges, for operators", "GRANT ALL ON public.items TO $admin"),
        Of("sequence-readable", "USAGE alone", "CREATE SEQUENCE public.s; GRANT USAGE ON SEQUENCE public.s TO $tenant"),
        Of("publication-without-filter", "with a filter", """
            CREATE PUBLICATION p FOR TABLE public.items WHERE (org_id = 'aaaaaaaa-0000-4000-8000-000000000000')
            """),
        Of("publication-without-filter", "a table of no tenant", "CREATE TABLE public.codes (code text); CREATE PUBLICATION p FOR TABLE public.codes"),
        Of("event-trigger-disabled", "fires always", """
            CREATE FUNCTION public.g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER other ON ddl_command_end EXECUTE FUNCTION public.g();
            ALTER EVENT TRIGGER other ENABLE ALWAYS
            """),
    ];

    private static string Definer(string rest) => $"""
        SET LOCAL ROLE $owner;
        CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER {rest};
        RESET ROLE
        """;
}
