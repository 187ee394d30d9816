using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// What a login lacks to run the pending scripts, and the statements that give it. Asked before anything is changed: a script would fail with the first one,
/// and PostgreSQL only warns of GRANT and REVOKE that do nothing.
/// </summary>
internal static class MigrationRights
{
    private const string FirstScript = "migrations/0001_roles.sql";

    /// <summary>The first script grants the login what it may: any role on 15, by CREATEROLE; from 16 on what it has with ADMIN OPTION.</summary>
    private const string Lacked = """
        WITH
        login AS (SELECT r.rolname, quote_ident(r.rolname) AS name, r.rolcreaterole FROM pg_catalog.pg_roles r WHERE r.rolname = current_user),
        here AS (SELECT d.*, quote_ident(d.datname) AS name FROM pg_catalog.pg_database d WHERE d.datname = current_database()),
        wanted AS (SELECT w.name, r.oid, pg_has_role(r.oid, $4) OR $3 AND (current_setting('server_version_num')::int < 160000 AND login.rolcreaterole
                       OR pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')) AS mine
                   FROM login CROSS JOIN unnest($1::text[]) AS w (name) LEFT JOIN pg_catalog.pg_roles r ON r.rolname = w.name)
        SELECT 'GRANT ' || string_agg(quote_ident(w.name), ', ' ORDER BY array_position($1, w.name)) || ' TO ' || login.name || ';'
        FROM login CROSS JOIN wanted w WHERE w.oid IS NOT NULL AND NOT w.mine AND w.name = ANY ($2) GROUP BY login.name
        UNION ALL
        SELECT format('ALTER ROLE %s CREATEROLE;', login.name) FROM login
        WHERE NOT login.rolcreaterole AND EXISTS (SELECT FROM wanted w WHERE w.oid IS NULL)
        UNION ALL
        SELECT format('GRANT CREATE ON DATABASE %s TO %s;', here.name, login.name) FROM login, here
        WHERE $3 AND NOT has_database_privilege(here.oid, 'CREATE')
        UNION ALL
        SELECT format('REVOKE TEMPORARY ON DATABASE %s FROM PUBLIC;', here.name) FROM here
        WHERE $3 AND NOT pg_has_role(here.datdba, 'USAGE') AND EXISTS (
            SELECT FROM aclexplode(coalesce(here.datacl, acldefault('d', here.datdba))) a WHERE a.grantee = 0 AND a.privilege_type = 'TEMPORARY')
        UNION ALL
        SELECT format('GRANT USAGE, CREATE ON SCHEMA public TO %s WITH GRANT OPTION;', login.name) FROM login, pg_catalog.pg_namespace n
        WHERE $3 AND n.nspname = 'public' AND NOT pg_has_role(n.nspowner, 'USAGE')
            AND NOT (has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION') AND has_schema_privilege(n.oid, 'CREATE WITH GRANT OPTION'))
            AND EXISTS (SELECT FROM unnest($1::text[]) WITH ORDINALITY AS w (name, place) LEFT JOIN pg_catalog.pg_roles r ON r.rolname = w.name
                        WHERE w.place <= 4 AND (r.oid IS NULL OR NOT has_schema_privilege(r.oid, n.oid, CASE w.place WHEN 1 THEN 'CREATE' ELSE 'USAGE' END)))
        UNION ALL
        SELECT 'REVOKE CREATE ON SCHEMA public FROM PUBLIC;' FROM pg_catalog.pg_namespace n
        WHERE $3 AND n.nspname = 'public' AND NOT pg_has_role(n.nspowner, 'USAGE') AND EXISTS (
            SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
        """;

    /// <exception cref="SchemaMigrationException">The login lacks a right.</exception>
    internal static async Task RequireAsync(NpgsqlConnection connection, SchemaRoles roles, MigrationPlan plan, CancellationToken cancellationToken)
    {
        if (plan.IsSuperuser || plan.Pending.Count == 0)
            return;
        await RequireGuardAsync(connection, plan, cancellationToken).ConfigureAwait(false);
        string[] all = [roles.Owner, roles.Tenant, roles.Demo, roles.Admin, roles.AppLogin, roles.AdminLogin, roles.Sealer];
        string[] acted =
            [.. new[] { roles.Owner, roles.Sealer }.Where(role => plan.Pending.Any(script => script.Contents.Contains(role, StringComparison.Ordinal)))];
        var command = new NpgsqlCommand(Lacked, connection)
        {
            Parameters =
            {
                new() { Value = all }, new() { Value = acted }, new() { Value = plan.Pending.Any(script => script.Name == FirstScript) },
                new() { Value = connection.PostgreSqlVersion.Major < 16 ? "MEMBER" : "SET" },
            },
        };
        await using var _ = command.ConfigureAwait(false);
        var lacked = new List<string>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            lacked.Add(reader.GetString(0));
        if (lacked.Count > 0)
            throw MigrationFailure.OfRights(lacked);
    }

    /// <summary>PostgreSQL asks for the right before it looks at the function, and this one returns no event_trigger: nothing comes about.</summary>
    private static async Task RequireGuardAsync(NpgsqlConnection connection, MigrationPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.Pending.Any(script => script.Name.StartsWith("guard/", StringComparison.Ordinal)))
            return;
        try
        {
            var command = new NpgsqlCommand("CREATE EVENT TRIGGER sme_data_trial ON ddl_command_start EXECUTE FUNCTION pg_catalog.now()", connection);
            await using var _ = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw MigrationFailure.OfGuard(fault);
        }
        catch (PostgresException)
        {
            // The right is there.
        }
    }
}
