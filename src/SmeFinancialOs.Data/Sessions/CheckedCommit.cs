using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// COMMIT behind a check, in one round trip. PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK, and Npgsql does not say so; the
/// check fails there, and when somebody set another tenant or role.
/// </summary>
internal static class CheckedCommit
{
    /// <returns>Whether SQL has prepared statements on the connection, where that was asked; it costs no trip of its own here.</returns>
    public static async Task<bool> RunAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, TenantContext context, string role, bool asksForPrepared, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        await using var _ = batch.ConfigureAwait(false);
        if (asksForPrepared)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(PreparedStatements.Question));
        var check = new NpgsqlBatchCommand("SELECT app.require_context($1, $2)");
        check.Parameters.Add(new NpgsqlParameter { Value = (object?)context.OrganizationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role, NpgsqlDbType = NpgsqlDbType.Name });
        batch.BatchCommands.Add(check);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        bool hasPrepared;
        try
        {
            // Reads on to the end, so it throws what COMMIT throws.
            hasPrepared = await batch.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }
        catch (NpgsqlException fault) when (FaultTranslation.TranslateCommitting(fault, connection, context) is { } typed)
        {
            throw typed;
        }

        CommitOutcome.RequireReplicated(connection, cancellationToken);
        return hasPrepared;
    }
}
