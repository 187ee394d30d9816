using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Logins;

/// <summary>Asks the catalog, in one query, whether a login could see or become more than it should.</summary>
internal sealed class LoginCheck(TenantConnectionOptions options, bool isAdmin)
{
    public const string HowToMigrate =
        "Run the migrations as the owner of the database: new SchemaMigrator(connectionString).MigrateAsync() of SmeFinancialOs.Data.Schema, "
            + "or the files of its sql folder with psql.";

    private const string SettingOf = "setting of ";

    /// <summary>
    /// A row for each fault. "reachable" is every role the login is or can become, however the membership was granted: on 15 MEMBER, from 16 on
    /// too, because a membership WITH ADMIN alone can be turned into one that can SET ROLE. The kind of a setting says whose default it is, as ALTER names it.
    /// </summary>
    private const string Sql = """
        WITH me AS (SELECT oid, rolname, rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user),
        reachable AS (SELECT r.* FROM pg_catalog.pg_roles r, me WHERE pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER') AND NOT me.rolsuper),
        wanted AS (SELECT w.name, r.oid, w.needed FROM (VALUES ($1, NOT $4), ($2, NOT $4), ($3, $4)) AS w (name, needed) LEFT JOIN pg_catalog.pg_roles r ON
            r.rolname = w.name)
        SELECT 'superuser' AS kind, rolname::text AS subject FROM me WHERE rolsuper
        UNION ALL SELECT 'superuser', rolname FROM reachable WHERE rolsuper
        UNION ALL SELECT 'bypassrls', rolname FROM reachable WHERE rolbypassrls
        UNION ALL SELECT 'createrole', rolname FROM reachable WHERE rolcreaterole
        UNION ALL SELECT 'replication', rolname FROM reachable WHERE rolreplication
        UNION ALL SELECT 'files', rolname FROM reachable WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
        UNION ALL SELECT 'owner', c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.relowner IN (SELECT oid FROM reachable)
                         AND (c.relrowsecurity OR EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid))
        UNION ALL SELECT 'admin', rolname FROM reachable WHERE rolname = $3 AND NOT $4
        UNION ALL SELECT 'inherits', w.name FROM wanted w, me WHERE NOT me.rolsuper AND pg_catalog.pg_has_role(me.oid, w.oid, 'USAGE')
        UNION ALL SELECT 'unmigrated', 'role ' || w.name FROM wanted w WHERE w.oid IS NULL
        UNION ALL SELECT 'unmigrated', 'function app.' || f.name FROM (VALUES ('current_org_id'), ('current_user_id'), ('require_context')) AS f (name)
                  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'app' AND
                  p.proname = f.name)
        UNION ALL SELECT 'tenant id', pg_catalog.format_type(t.typbasetype, NULL) FROM pg_catalog.pg_type t
                  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'app' AND t.typname = 'tenant_id'
        UNION ALL SELECT 'sealed', '' FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app_seal' AND
            c.relname = 'context'
        UNION ALL SELECT 'setting of ' || CASE WHEN s.setrole <> 0 THEN 'ROLE "' || pg_catalog.replace(me.rolname, '"', '""') || '"'
                                               WHEN s.setdatabase = 0 THEN 'ROLE ALL' ELSE '' END
                         || CASE WHEN s.setrole <> 0 AND s.setdatabase <> 0 THEN ' IN ' ELSE '' END
                         || CASE WHEN s.setdatabase <> 0 THEN 'DATABASE "' || pg_catalog.replace(d.datname, '"', '""') || '"' ELSE '' END,
                         pg_catalog.unnest(s.setconfig)
                  FROM pg_catalog.pg_db_role_setting s, me, pg_catalog.pg_database d
                  WHERE d.datname = pg_catalog.current_database() AND s.setrole IN (0, me.oid) AND s.setdatabase IN (0, d.oid)
        UNION ALL SELECT 'isolation', pg_catalog.current_setting('default_transaction_isolation')
        UNION ALL SELECT 'unreachable', w.name FROM wanted w, me WHERE w.needed AND w.oid IS NOT NULL AND NOT pg_catalog.pg_has_role(me.oid, w.oid,
                         CASE WHEN pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END)
        """;

    public async Task<LoginFindings> RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < 15)
            throw new DatabaseNotReadyException($"The server is PostgreSQL {connection.PostgreSqlVersion}; 15 or later is needed.");

        var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new() { Value = options.TenantRole }, new() { Value = options.DemoRole }, new() { Value = options.AdminRole },
                new() { Value = isAdmin } },
        };
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var faults = new List<(string Kind, string Subject)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            faults.Add((reader.GetString(0), reader.GetString(1)));

        var settings = TakeSettings(faults);
        var isolation = faults.Find(fault => fault.Kind == "isolation");
        faults.Remove(isolation);
        var tenantType = faults.Find(fault => fault.Kind == "tenant id");
        faults.Remove(tenantType);
        var isSealed = faults.RemoveAll(fault => fault.Kind == "sealed") > 0;
        // Unsafe before unmigrated: a superuser is refused whatever the state of the schema. A role that cannot be reached may only be the
        // consequence of a migration that has not run.
        var unmigrated = faults.Where(fault => fault.Kind == "unmigrated").Select(fault => fault.Subject).ToArray();
        if (faults.Exists(fault => fault.Kind is not ("unmigrated" or "unreachable")) || (unmigrated.Length == 0 && faults.Count > 0))
            throw UnsafeDatabaseRoleException.Of(connection.UserName ?? "", [.. faults.Where(fault => fault.Kind != "unmigrated").Select(Explain)]);
        if (unmigrated.Length > 0)
            throw new DatabaseNotReadyException($"The database \"{connection.Database}\" is not migrated; "
                + $"missing: {string.Join(", ", unmigrated)}. {HowToMigrate}");
        if (!string.Equals(tenantType.Subject, options.TenantType.ToString(), StringComparison.OrdinalIgnoreCase))
        {
            throw new DatabaseNotReadyException($"Tenant ids of the database \"{connection.Database}\" are of type {tenantType.Subject ?? "unknown"}, and "
                + $"TenantConnectionOptions.TenantType is {options.TenantType}: set it to the type that the database was migrated with.");
        }

        RequireSeal(isSealed, connection.Database);
        return new(settings, isolation.Subject switch
        {
            "serializable" => IsolationLevel.Serializable,
            "repeatable read" => IsolationLevel.RepeatableRead,
            "read uncommitted" => IsolationLevel.ReadUncommitted,
            _ => IsolationLevel.ReadCommitted,
        });
    }

    /// <summary>Leaves the dangerous ones among the faults, by name alone: a value may be a secret.</summary>
    private List<string> TakeSettings(List<(string Kind, string Subject)> faults)
    {
        var found = new List<string>();
        for (var i = faults.Count - 1; i >= 0; i--)
        {
            if (!faults[i].Kind.StartsWith(SettingOf, StringComparison.Ordinal))
                continue;
            var owner = faults[i].Kind[SettingOf.Length..];
            var end = faults[i].Subject.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = (faults[i].Subject[..end], faults[i].Subject[(end + 1)..]);
            faults.RemoveAt(i);
            if (options.AllowedLoginSettings.TryGetValue(name, out var allowed) && allowed == value)
                continue;
            if (LoginSetting.HarmOf(name, value) is { } harm)
            {
                faults.Add(("setting", $"{owner} has {name} by default: {harm}. Injected SQL can do that, and it lasts. {LoginSetting.Reset(owner, name)} "
                    + "or, if it is meant, allow name and value by TenantConnectionOptions.AllowedLoginSettings."));
            }
            else if (!LoginSetting.IsExpected(name))
            {
                found.Add($"{name} of {owner}");
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private void RequireSeal(bool isSealed, string database)
    {
        var hasKey = options.SealKey is not null || options.SealKeyProvider is not null;
        if (isSealed && !hasKey)
            throw new DatabaseNotReadyException($"The database \"{database}\" asks for sealed contexts, and this host has no key: sme-data seal add, "
                + "and TenantConnectionOptions.SealKey.");
        if (hasKey && !isSealed && !options.SealOptional)
        {
            throw new DatabaseNotReadyException(
                $"This host signs its contexts, and the database \"{database}\" does not ask for it: sme-data migrate --seal. Until that has run, "
                + "set TenantConnectionOptions.SealOptional.");
        }
    }

    private string Explain((string Kind, string Subject) fault)
    {
        var (kind, subject) = fault;
        var login = isAdmin ? "admin_user" : "app_user";
        return kind switch
        {
            "setting" => subject,
            "superuser" => $"\"{subject}\" is a superuser, and superusers are never bound by row-level security. Log in as {login}.",
            "bypassrls" => $"\"{subject}\" has BYPASSRLS. ALTER ROLE \"{subject}\" NOBYPASSRLS;",
            "createrole" => $"\"{subject}\" has CREATEROLE and could make itself a member of any role. ALTER ROLE \"{subject}\" NOCREATEROLE;",
            "replication" => $"\"{subject}\" has REPLICATION and could read every row from the log. ALTER ROLE \"{subject}\" NOREPLICATION;",
            "files" => $"It may become \"{subject}\" and reach the server's files or programs. REVOKE {subject} from it.",
            "owner" =>
                $"It owns the tenant table {subject}, or may become its owner, and could switch its policies off. ALTER TABLE {subject} OWNER TO app_owner;",
            "admin" => $"It may become \"{subject}\", and so may an SQL injection in a tenant's request. REVOKE \"{subject}\" from it; "
                + "admins have a login of their own.",
            "inherits" => $"It inherits from \"{subject}\", whose policies then apply without SET ROLE. PostgreSQL 15: ALTER ROLE .. NOINHERIT; "
                + $"16 and later: GRANT \"{subject}\" TO .. WITH INHERIT FALSE, SET TRUE;",
            _ => $"It cannot SET ROLE to \"{subject}\". GRANT \"{subject}\" TO it (16 and later: WITH INHERIT FALSE, SET TRUE).",
        };
    }
}
