using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>What a database has of the tenant guard, whatever the journal says, and whether the login could bring it.</summary>
internal sealed record GuardState(bool IsSuperuser, bool HasAllowlist, bool IsOn)
{
    internal static async Task<GuardState> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The catalog, because to_regclass refuses a login that may not use the schema.
        var command = new NpgsqlCommand("""
            SELECT current_setting('is_superuser')::bool,
                EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname = 'app_guard' AND c.relname = 'allowlist'),
                EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtname = 'tenant_guard')
            """, connection);
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new(reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2));
    }

    /// <summary>
    /// Whether a script has to run again although the journal has it: somebody dropped what it made, or the guard is turned on, which relies on the allowlist.
    /// </summary>
    internal bool Lacks(string script, bool asksForGuard) =>
        script.StartsWith("guard/", StringComparison.Ordinal) && (asksForGuard ? !IsOn || !HasAllowlist : !HasAllowlist);

    /// <summary>The allowances that the database does not have, or has with another reason.</summary>
    internal async Task<IReadOnlyList<SqlScript>> LackedAsync(
        NpgsqlConnection connection, SchemaMigratorOptions options, int order, CancellationToken cancellationToken)
    {
        var role = IsSuperuser ? "" : $"SET LOCAL ROLE {options.Roles.Owner}; ";
        var lacked = new List<SqlScript>();
        foreach (var allowance in options.GuardAllowances)
        {
            if (!HasAllowlist || !await HasAsync(connection, allowance, role, cancellationToken).ConfigureAwait(false))
                lacked.Add(new GuardAllowanceScript(allowance, role, order));
        }

        return lacked;
    }

    private static async Task<bool> HasAsync(NpgsqlConnection connection, GuardAllowance allowance, string role, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        var command = new NpgsqlCommand(
            $"{role}SELECT EXISTS (SELECT FROM app_guard.allowlist a WHERE a.relation = @relation::regclass AND a.reason = @reason)", connection, transaction)
        {
            Parameters = { new("relation", allowance.Relation), new("reason", allowance.Reason) },
        };
        await using var __ = command.ConfigureAwait(false);
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }
        catch (PostgresException)
        {
            return false; // no such relation, for one: the script that allows it fails with the reason
        }
    }
}
