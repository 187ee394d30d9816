using static SmeFinancialOs.Data.Audit.Tests.PlantedFault;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>Faults of views, functions, privileges and the rest.</summary>
internal static class ObjectFaults
{
    private const string WhereItRuns = "whether a tenant is in force where it runs is not in the catalog";

    internal static IReadOnlyList<PlantedFault> All { get; } =
    [
        Of("view-without-invoker", "public.v", "CREATE VIEW public.v AS SELECT * FROM public.items; GRANT SELECT ON public.v TO $tenant"),
        Of("view-over-definer-view", "public.inner_v", """
            CREATE VIEW public.inner_v AS SELECT * FROM public.items;
            CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.inner_v;
            GRANT SELECT ON public.v TO $tenant
            """),
        Of("materialized-view-open", "public.m", "CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.items; GRANT SELECT ON public.m TO $tenant"),
        Of("owner-needs-context", "public.d()", """
            SET LOCAL ROLE $owner;
            CREATE FUNCTION public.d() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT count(*) FROM public.items';
            RESET ROLE
            """) with { Person = WhereItRuns },
        Of("owner-needs-context", "public.m", """
            SET LOCAL ROLE $owner; CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.items WITH NO DATA; RESET ROLE
            """) with { Form = "of a materialized view", Person = WhereItRuns },
        Of("owner-needs-context", "public.v", """
            SET LOCAL ROLE $owner; CREATE VIEW public.v AS SELECT * FROM public.items; RESET ROLE
            """) with { Form = "of a view", Person = WhereItRuns },
        Of("foreign-table-open", "public.f", """
            CREATE FOREIGN DATA WRAPPER w;
            CREATE SERVER s FOREIGN DATA WRAPPER w;
            CREATE FOREIGN TABLE public.f (a int) SERVER s;
            GRANT SELECT ON public.f TO $tenant
            """),
        Of("definer-search-path", "public.d()", """
            SET LOCAL ROLE $owner;
            CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1';
            RESET ROLE
            """),
        Of("definer-bypasses", "public.d()", """
            CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT 1'
            """),
        Of("function-leakproof", "public.l(text)", "CREATE FUNCTION public.l(text) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true'"),
        Of("large-objects-open", "pg_catalog.lo_get(oid)", "GRANT EXECUTE ON FUNCTION pg_catalog.lo_get(oid) TO PUBLIC"),
        Of("backends-open", "pg_catalog.pg_terminate_backend(pid integer, timeout bigint)",
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_terminate_backend(int, bigint) TO PUBLIC"),
        Of("backends-open", "pg_catalog.pg_cancel_backend(integer)",
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_cancel_backend(int) TO $app") with { Form = "by name" },
        Of("owned-droppable", "DROP OWNED", "DROP EVENT TRIGGER keep_policies") with { Person = "the script is to be run again" },
        Of("grant-truncate", "public.items", "GRANT TRUNCATE ON public.items TO $tenant"),
        Of("grant-references", "public.items", "GRANT REFERENCES (id) ON public.items TO $tenant"),
        Of("grant-trigger", "public.items", "GRANT TRIGGER ON public.items TO PUBLIC"),
        Of("grant-maintain", "public.items", "GRANT MAINTAIN ON public.items TO $tenant") with { Since = 17 },
        Of("sequence-readable", "public.s", "CREATE SEQUENCE public.s; GRANT SELECT ON SEQUENCE public.s TO $tenant"),
        Of("publication-without-filter", "public.items in publication p", """
            CREATE PUBLICATION p FOR TABLE public.items
            """) with { Person = "which rows a subscriber may have is not in the catalog" },
        Of("event-trigger-disabled", "guard", """
            CREATE FUNCTION public.g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER guard ON ddl_command_end EXECUTE FUNCTION public.g();
            ALTER EVENT TRIGGER guard DISABLE
            """),
        Of("view-without-invoker", "public.v", """
            CREATE VIEW public.inner_v WITH (security_invoker = true) AS SELECT * FROM public.items;
            CREATE VIEW public.v WITH (security_barrier = true) AS SELECT * FROM public.inner_v;
            GRANT SELECT ON public.v TO $tenant
            """) with { Form = "over another" },
        Of("view-over-definer-view", "public.v1", """
            CREATE VIEW public.v1 AS SELECT * FROM public.items;
            CREATE VIEW public.v2 WITH (security_invoker = true) AS SELECT * FROM public.v1;
            CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.v2;
            GRANT SELECT ON public.v TO $tenant
            """) with { Form = "three deep" },
        Of("view-over-definer-view", "public.m", """
            CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.items;
            CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.m;
            GRANT SELECT ON public.v TO $tenant
            """) with { Form = "a materialized view", Person = "what the view should read instead is not in the catalog" },
        Of("definer-search-path", "public.d()", """
            SET LOCAL ROLE $owner; CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER  AS $f$ SELECT 1 $f$; RESET ROLE
            """) with { Form = "no path at all" },
        Of("definer-search-path", "public.d()", """
            SET LOCAL ROLE $owner; CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $f$ SELECT 1 $f$; RESET ROLE;
            GRANT TEMPORARY ON DATABASE $database TO $app
            """, "database-temp") with { Form = "an empty path where the app may make temporary objects" },
        Of("definer-search-path", "public.d()", """
            SET LOCAL ROLE $owner; CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, public AS $f$ SELECT 1 $f$;
            RESET ROLE
            """) with { Form = "pg_temp first" },
        Of("definer-search-path", "public.d()", """
            SET LOCAL ROLE $owner;
            CREATE PROCEDURE public.d() LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
            RESET ROLE
            """) with { Form = "a procedure" },
        Of("definer-search-path", "public.d()", """
            SET LOCAL ROLE $owner; CREATE FUNCTION public.d() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER  AS $f$ BEGIN RETURN new; END $f$; RESET ROLE;
            REVOKE ALL ON FUNCTION public.d() FROM PUBLIC; CREATE TRIGGER g BEFORE INSERT ON public.items FOR EACH ROW EXECUTE FUNCTION public.d()
            """) with { Form = "a trigger" },
        Of("definer-bypasses", "public.d()", """
            CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT 1';
            ALTER FUNCTION public.d() OWNER TO $admin
            """) with { Form = "owned by an admin role" },
        Of("definer-bypasses", "public.d()", """
            CREATE FUNCTION public.d() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$ BEGIN RETURN new; END $f$;
            REVOKE ALL ON FUNCTION public.d() FROM PUBLIC; CREATE TRIGGER g BEFORE INSERT ON public.items FOR EACH ROW EXECUTE FUNCTION public.d()
            """) with { Form = "a trigger", Person = "which role the trigger should act as is not in the catalog" },
        Of("sequence-readable", "public.s", "CREATE SEQUENCE public.s; GRANT UPDATE ON SEQUENCE public.s TO $tenant") with { Form = "UPDATE without USAGE" },
        Of("publication-without-filter", "public.items in publication p", """
            CREATE PUBLICATION p FOR ALL TABLES
            """) with { Form = "all tables", Person = "which rows a subscriber may have is not in the catalog" },
        Of("grant-truncate", "public.items", "GRANT TRUNCATE ON public.items TO $tenant, $demo") with { Form = "two roles" },
        Of("event-trigger-disabled", "other", """
            CREATE FUNCTION public.g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER other ON ddl_command_end EXECUTE FUNCTION public.g();
            ALTER EVENT TRIGGER other ENABLE REPLICA
            """) with { Form = "for replicas alone" },
        Of("large-objects-open", "pg_catalog.lowrite(integer, bytea)", """
            GRANT EXECUTE ON FUNCTION pg_catalog.lowrite(int, bytea) TO $tenant
            """) with { Form = "written by name" },
    ];
}
