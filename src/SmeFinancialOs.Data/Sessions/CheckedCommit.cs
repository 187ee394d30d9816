using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// COMMIT behind a check, in one round trip. PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK, and Npgsql does not say so; the
/// check fails there, and when somebody set another tenant or role.
/// </summary>
internal static class CheckedCommit
{
    public static async Task RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, TenantContext context, string role, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        await using var _ = batch.ConfigureAwait(false);
        var check = new NpgsqlBatchCommand("SELECT app.require_context($1, $2)");
        check.Parameters.Add(new NpgsqlParameter { Value = (object?)context.OrganizationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role, NpgsqlDbType = NpgsqlDbType.Name });
        batch.BatchCommands.Add(check);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException fault) when (FaultTranslation.TranslateCommitting(fault, connection, context) is { } typed)
        {
            throw typed;
        }

        CommitOutcome.RequireReplicated(connection, cancellationToken);
    }
}
