using System.Data;
using System.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// COMMIT behind a check, in one round trip. PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK, and Npgsql does not say so; the
/// check fails there, and when somebody set another tenant or role.
/// </summary>
internal static class CheckedCommit
{
    /// <param name="target">The unit of work.</param>
    /// <param name="prepared">Asks what SQL has prepared, in the same round trip; null where that is known.</param>
    /// <param name="cancellationToken">Cancels the batch.</param>
    public static async Task RunAsync(SessionTarget target, PreparedNames? prepared, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var batch = BatchIn(target);
        await using var _ = batch.ConfigureAwait(false);
        var check = ContextCheck.Command(target);
        batch.BatchCommands.Add(check);
        if (prepared is not null)
            batch.BatchCommands.Add(prepared.After);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        try
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            if (prepared is not null && await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
                await prepared.ReadAsync(reader, prepared.After, cancellationToken).ConfigureAwait(false);
            // To the end: there it throws what COMMIT throws.
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
            }
        }
        catch (NpgsqlException fault)
        {
            target.Failed?.NoteFailure(batch, began, fault);
            if (Translate(fault, target, check) is { } typed)
                throw typed;
            throw;
        }

        CommitOutcome.RequireReplicated(target.Connection, cancellationToken);
    }

    private static TenantDataException? Translate(NpgsqlException fault, SessionTarget target, NpgsqlBatchCommand check) =>
        fault is PostgresException answer && check.StatementType == Npgsql.StatementType.Unknown && FaultTranslation.TranslateCheck(answer, target) is { } typed
            ? typed
            : FaultTranslation.TranslateCommitting(fault, target);

    private static NpgsqlBatch BatchIn(SessionTarget target)
    {
        try
        {
            return new NpgsqlBatch(target.Connection, target.Transaction);
        }
        // Npgsql has seen the end of the transaction in an answer of the server.
        catch (InvalidOperationException fault) when (target.Connection.FullState == ConnectionState.Open)
        {
            throw FaultTranslation.EndedBySql(fault);
        }
    }
}
