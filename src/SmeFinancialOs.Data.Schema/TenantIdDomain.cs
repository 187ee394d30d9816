using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>The domain <c>app.tenant_id</c>, which sql/migrations/0006_tenant_id.sql makes.</summary>
internal static class TenantIdDomain
{
    /// <summary>The catalog, because to_regtype refuses a login that may not use the schema: one that may become the owner and does not inherit.</summary>
    private const string BaseType = """
        SELECT coalesce((SELECT pg_catalog.format_type(t.typbasetype, NULL) FROM pg_catalog.pg_type t
                         WHERE t.typnamespace = n.oid AND t.typname = 'tenant_id'),
                        (SELECT 'uuid' FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND p.proname = 'current_org_id'))
        FROM pg_catalog.pg_namespace n WHERE n.nspname = 'app'
        """;

    /// <summary>The type that a database has, or will get.</summary>
    /// <exception cref="SchemaMigrationException">
    /// The database has another type than the one that was asked for, or one that this version does not know.
    /// </exception>
    public static async Task<TenantIdType> ReadAsync(NpgsqlConnection connection, TenantIdType? wanted, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(BaseType, connection);
        await using var _ = command.ConfigureAwait(false);
        var text = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
        if (text is null)
            return wanted ?? TenantIdType.Uuid;
        if (!Enum.TryParse(text, ignoreCase: true, out TenantIdType existing))
            throw new SchemaMigrationException($"Tenant ids of this database are of type {text}, which this version does not know.");
        return wanted is null || wanted == existing ? existing : throw new SchemaMigrationException(
            $"Tenant ids of this database are of type {text}, not {NameOf(wanted.Value)}. The type is chosen once for each database: leave the option out "
            + "(--tenant-type, SchemaMigratorOptions.TenantType), or migrate a new database. Nothing was changed.");
    }

    /// <summary>Tells sql/migrations/0006_tenant_id.sql which type to make the domain of.</summary>
    public static async Task ChooseAsync(NpgsqlConnection connection, TenantIdType type, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT pg_catalog.set_config('app.tenant_type', $1, false)", connection);
        await using var _ = command.ConfigureAwait(false);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = NameOf(type) });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string NameOf(TenantIdType type) => type.ToString().ToLower(CultureInfo.InvariantCulture);
}
