using static SmeFinancialOs.Data.Audit.Tests.PlantedFault;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>Faults of roles, and what they get by default.</summary>
internal static class LoginFaults
{
    private const string Ok = "org_id = (SELECT app.current_org_id())";

    internal static IReadOnlyList<PlantedFault> All { get; } =
    [
        Of("login-superuser", "$app", "ALTER ROLE $app SUPERUSER"),
        Of("login-bypassrls", "$app", "ALTER ROLE $app BYPASSRLS"),
        Of("login-createrole", "$adm", "CREATE ROLE aud_x CREATEROLE; GRANT aud_x TO $adm"),
        Of("login-replication", "$app", "ALTER ROLE $app REPLICATION"),
        Of("login-owns-table", "public.items", "CREATE ROLE aud_x; GRANT aud_x TO $app; ALTER TABLE public.items OWNER TO aud_x"),
        Of("login-may-become-admin", "$app", "GRANT $admin TO $app", "membership-inherits", "policy-by-inheritance"),
        Of("membership-inherits", "$app", "ALTER ROLE $app INHERIT; CREATE ROLE aud_x; GRANT $demo TO aud_x; GRANT aud_x TO $app", "policy-by-inheritance"),
        Of("login-dangerous-role", "$app", "GRANT pg_read_server_files TO $app"),
        Of("login-missing", "$app", "ALTER ROLE $app RENAME TO aud_gone") with { Person = "which login the app uses is not in the catalog" },
        Of("schema-create", "public", "GRANT CREATE ON SCHEMA public TO $tenant"),
        Of("database-temp", "$database", "GRANT TEMPORARY ON DATABASE $database TO PUBLIC"),
        Of("default-tenant", "ROLE $app", "ALTER ROLE $app SET app.current_org_id = 'x'"),
        Of("default-role", "ROLE $app", "ALTER ROLE $app SET role = '$tenant'"),
        Of("row-security-off", "DATABASE $database", "ALTER DATABASE $database SET row_security = off"),
        Of("default-privileges", "$owner IN SCHEMA public", "ALTER DEFAULT PRIVILEGES FOR ROLE $owner IN SCHEMA public GRANT SELECT ON TABLES TO $tenant"),
        Of("login-bypassrls", "$app", """
            CREATE ROLE aud_x BYPASSRLS;
            CREATE ROLE aud_y;
            GRANT aud_x TO aud_y;
            GRANT aud_y TO $app
            """) with { Form = "two roles away" },
        Of("login-may-become-admin", "$app", "CREATE ROLE aud_y; GRANT $admin TO aud_y; GRANT aud_y TO $tenant") with { Form = "two roles away" },
        Of("login-may-become-admin", "$app", """
            CREATE ROLE aud_y;
            GRANT $admin TO aud_y WITH ADMIN OPTION;
            SET LOCAL ROLE aud_y;
            GRANT $admin TO $app;
            RESET ROLE
            """, "membership-inherits", "policy-by-inheritance") with { Form = "granted by another" },
        Of("login-may-become-admin", "$app", "GRANT $admin TO $app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE") with { Form = "ADMIN option alone", Since = 16 },
        Of("membership-inherits", "$app", "GRANT $demo TO $app WITH INHERIT TRUE", "policy-by-inheritance") with { Form = "the grant itself", Since = 16 },
        Of("login-dangerous-role", "$adm", """
            CREATE ROLE aud_x;
            GRANT pg_read_all_data, pg_monitor TO aud_x;
            GRANT aud_x TO $adm
            """) with { Form = "for an operator, by a role" },
        Of("login-owns-schema", "mine", "CREATE SCHEMA mine AUTHORIZATION $tenant"),
        Of("login-owns-schema", "$database", """
            ALTER DATABASE $database OWNER TO $app
            """) with { Form = "the database", Person = "the schema public belongs to whoever owns the database" },
        Of("login-owns-policy-function", "public.yes()", $$"""
            CREATE FUNCTION public.yes() RETURNS boolean LANGUAGE sql STABLE RETURN true;
            ALTER FUNCTION public.yes() OWNER TO $tenant;
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} AND (SELECT public.yes()))
            """),
        Of("database-create", "$database", "GRANT CREATE ON DATABASE $database TO $app"),
        Of("database-temp", "$database", "GRANT TEMPORARY ON DATABASE $database TO $tenant, $app") with { Form = "by name" },
        Of("default-tenant", "DATABASE $database", "ALTER DATABASE $database SET app.current_org_id = 'x'") with { Form = "for everybody" },
        Of("default-tenant", "ROLE $app IN DATABASE $database", """
            ALTER ROLE $app IN DATABASE $database SET app.current_org_id = 'x'
            """) with { Form = "for a role in a database" },
        Of("default-replica", "ROLE $app", "ALTER ROLE $app SET session_replication_role = replica"),
        Of("default-maintenance", "ROLE $app", "ALTER ROLE $app SET app.maintenance = 'always'"),
        Of("login-setting", "ROLE $app", "ALTER ROLE $app SET default_transaction_read_only = on"),
        Of("login-setting", "ROLE $adm", "ALTER ROLE $adm SET synchronous_commit = local") with { Form = "for an operator" },
        Of("login-setting", "ROLE $app IN DATABASE $database", """
            ALTER ROLE $app IN DATABASE $database SET local_preload_libraries = 'planted'
            """) with { Form = "for a role in a database" },
        Of("login-setting", "DATABASE $database", "ALTER DATABASE $database SET search_path = pg_catalog") with { Form = "for everybody" },
        Of("login-setting", "ROLE ALL", "ALTER ROLE ALL SET idle_session_timeout = '1min'") with { Form = "for every database" },
        Of("login-setting", "ROLE $app", "ALTER ROLE $app SET seed = 0.5") with { Form = "cannot be reset by its name" },
        Of("login-setting", "ROLE $app", "ALTER ROLE $app SET statement_timeout = 1; ALTER ROLE $app SET enable_indexscan = off") with { Form = "two of them" },
        Of("parameter-granted", "session_replication_role for $app", "GRANT SET ON PARAMETER session_replication_role TO $app"),
        Of("default-privileges", "$owner", """
            ALTER DEFAULT PRIVILEGES FOR ROLE $owner GRANT SELECT, INSERT ON TABLES TO $tenant, $demo
            """) with { Form = "for every schema" },
    ];
}
