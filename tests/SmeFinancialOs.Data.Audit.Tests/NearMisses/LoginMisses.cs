using static SmeFinancialOs.Data.Audit.Tests.NearMisses.NearMiss;

namespace SmeFinancialOs.Data.Audit.Tests.NearMisses;

/// <summary>Roles, and what they get by default.</summary>
internal static class LoginMisses
{
    internal static IReadOnlyList<NearMiss> All { get; } =
    [
        Of("login-superuser", "a superuser that no login may become", "CREATE ROLE aud_x SUPERUSER; GRANT $tenant TO aud_x"),
        Of("login-bypassrls", "a role that no login may become", "CREATE ROLE aud_x BYPASSRLS; GRANT $tenant TO aud_x"),
        Of("login-createrole", "a role that no login may become", "CREATE ROLE aud_x CREATEROLE; GRANT $admin TO aud_x"),
        Of("login-replication", "a login of its own", "CREATE ROLE aud_x LOGIN REPLICATION"),
        Of("login-owns-table", "a role that the app may not become", "CREATE ROLE aud_x; GRANT $tenant TO aud_x; ALTER TABLE public.items OWNER TO aud_x"),
        Of("login-may-become-admin", "the admin may become the tenant", "GRANT $tenant TO $admin"),
        Of("membership-inherits", "of a role that has nothing", "CREATE ROLE aud_x; GRANT aud_x TO $app"),
        Of("login-dangerous-role", "for a role that is no login's", "GRANT pg_read_all_data TO $owner"),
        Of("schema-create", "for the owner", "GRANT CREATE ON SCHEMA public TO $owner"),
        Of("login-owns-schema", "a schema that the app may use", "CREATE SCHEMA mine AUTHORIZATION $owner; GRANT USAGE ON SCHEMA mine TO $tenant"),
        Of("login-owns-policy-function", "no policy calls it", """
            CREATE FUNCTION public.yes() RETURNS boolean LANGUAGE sql STABLE RETURN true;
            ALTER FUNCTION public.yes() OWNER TO $tenant
            """),
        Of("database-create", "for the owner", "GRANT CREATE ON DATABASE $database TO $owner"),
        Of("database-temp", "for operators", "GRANT TEMPORARY ON DATABASE $database TO $admin"),
        Of("default-tenant", "a setting with nearly the name", "ALTER ROLE $app SET app.current_org_id_old = 'x'"),
        Of("default-role", "none", "ALTER ROLE $app SET role = 'none'"),
        Of("default-role", "of a role that cannot log in", "ALTER ROLE $owner SET role = '$tenant'"),
        Of("default-maintenance", "of a role that cannot log in", "ALTER ROLE $owner SET app.maintenance = 'always'"),
        Of("default-replica", "of a role that cannot log in", "ALTER ROLE $owner SET session_replication_role = replica"),
        Of("row-security-off", "on", "ALTER DATABASE $database SET row_security = on"),
        Of("login-setting", "its usual value", "ALTER ROLE $app SET default_transaction_read_only = off"),
        Of("parameter-granted", "for the owner", "GRANT SET ON PARAMETER session_replication_role TO $owner"),
        Of("default-privileges", "for operators", "ALTER DEFAULT PRIVILEGES FOR ROLE $owner GRANT SELECT ON TABLES TO $admin"),
        Of("default-privileges", "of functions", "ALTER DEFAULT PRIVILEGES FOR ROLE $owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"),
    ];
}
