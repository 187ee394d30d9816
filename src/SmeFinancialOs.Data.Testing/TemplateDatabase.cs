using Npgsql;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing.Servers;

namespace SmeFinancialOs.Data.Testing;

/// <summary>The migrated database that the others are copies of.</summary>
internal sealed class TemplateDatabase
{
    /// <summary>Any number will do, as long as all processes take the same: it stands for "the roles of this cluster are being set up".</summary>
    private const long RoleSetupLock = 0x736d_6564_6174_61;

    private readonly string _privileges;

    private TemplateDatabase(string name, string privileges, string? sealKey) => (Name, _privileges, SealKey) = (name, privileges, sealKey);

    public string Name { get; }

    /// <summary>The key of a host, where contexts are sealed.</summary>
    public string? SealKey { get; }

    public static async Task<TemplateDatabase> CreateAsync(
        StartedServer server, string name, TenantDatabaseOptions options, LoginPasswords passwords, CancellationToken cancellationToken)
    {
        // Without a pool: the lock ends with the connection, and nobody may stay connected to a template.
        var target = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false };
        var connection = new NpgsqlConnection(target.ConnectionString);
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

        // Roles belong to the cluster: two processes that set them up at once fail with "tuple concurrently updated".
        await connection.ExecuteAsync($"SELECT pg_advisory_lock({RoleSetupLock})", cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0", cancellationToken).ConfigureAwait(false);
        try
        {
            target.Database = name;
            var sealKey = await MigrateAsync(target.ConnectionString, options, cancellationToken).ConfigureAwait(false);
            await SetPasswordAsync(connection, LoginPasswords.AppUser, passwords.App, cancellationToken).ConfigureAwait(false);
            await SetPasswordAsync(connection, LoginPasswords.AdminUser, passwords.Admin, cancellationToken).ConfigureAwait(false);
            // CREATE DATABASE fails while anyone is connected to the template, so nobody can be.
            await connection.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false", cancellationToken).ConfigureAwait(false);
            // What a host's migrations left connected, such as a pool.
            await connection.ExecuteAsync($"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'", cancellationToken)
                .ConfigureAwait(false);
            return new(name, await ReadPrivilegesAsync(connection, name, cancellationToken).ConfigureAwait(false), sealKey);
        }
        catch
        {
            try
            {
                await connection.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None).ConfigureAwait(false);
            }
            catch (NpgsqlException)
            {
                // The server is gone too; what went wrong first is what matters.
            }

            throw;
        }
    }

    /// <summary>What CREATE DATABASE does not copy: the privileges on the database itself, such as the revoked TEMPORARY.</summary>
    public string PrivilegesOf(string copy) => _privileges.Replace("{0}", copy, StringComparison.Ordinal);

    private static async Task<string?> MigrateAsync(string connectionString, TenantDatabaseOptions options, CancellationToken cancellationToken)
    {
        var type = options.TenantType switch
        {
            TenantKeyType.Uuid => TenantIdType.Uuid,
            TenantKeyType.Bigint => TenantIdType.Bigint,
            TenantKeyType.Text => TenantIdType.Text,
            _ => throw new ArgumentException($"TenantType is {options.TenantType}, which is none of {string.Join(", ", Enum.GetNames<TenantKeyType>())}.",
                nameof(options)),
        };
        await new SchemaMigrator(connectionString, new SchemaMigratorOptions { Guard = options.Guard, TenantType = type }).MigrateAsync(cancellationToken)
            .ConfigureAwait(false);
        string? sealKey = null;
        if (options.Seal)
        {
            sealKey = await new ContextSealKeys(connectionString).AddAsync(cancellationToken).ConfigureAwait(false);
            await new SchemaMigrator(connectionString, new SchemaMigratorOptions { Seal = true }).MigrateAsync(cancellationToken).ConfigureAwait(false);
        }

        if (options.MigrationsDirectory is { } folder)
            await SqlMigrations.ApplyAsync(connectionString, folder, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (options.MigrateAsync is { } migrate)
        {
            var migration = migrate(connectionString, cancellationToken)
                ?? throw new InvalidOperationException("MigrateAsync returned null where its task was expected.");
            await migration.ConfigureAwait(false);
        }

        return sealKey;
    }

    private static async Task<string> ReadPrivilegesAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("""
            SELECT 'REVOKE ALL ON DATABASE {0} FROM PUBLIC;' || string_agg(
                format('GRANT %s ON DATABASE {0} TO %s%s;', a.privilege_type,
                       CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                       CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END), '')
            FROM pg_catalog.pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
            WHERE d.datname = $1
            """, connection) { Parameters = { new() { Value = name } } };
        await using var _ = command.ConfigureAwait(false);
        return (string)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task SetPasswordAsync(NpgsqlConnection connection, string login, string password, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await connection.ExecuteAsync($"ALTER ROLE {login} PASSWORD '{password}'", cancellationToken).ConfigureAwait(false);
                return;
            }
            // "tuple concurrently updated": a migration outside this class, which does not take our lock, is at the same role.
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InternalError && attempt < 10)
            {
                await Task.Delay(50, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
