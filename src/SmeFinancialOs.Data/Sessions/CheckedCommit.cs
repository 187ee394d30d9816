using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Connections;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// COMMIT behind a check, in one round trip. PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK, and Npgsql does not say so; the
/// check fails there, and when somebody set another tenant or role.
/// </summary>
internal static class CheckedCommit
{
    /// <summary>Asks what SQL has prepared, too, where that is in doubt.</summary>
    public static async Task RunAsync(LeasedConnection connection, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var prepared = connection.CheckPreparedInDoubt();
        var batch = BatchIn(connection);
        await using var _ = batch.ConfigureAwait(false);
        var check = connection.Settings.CheckCommand(connection.Context);
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
            connection.NoteFailure(batch, began, fault);
            if (Translate(fault, connection, check) is { } typed)
                throw typed;
            throw;
        }

        connection.RequireReplicated(cancellationToken);
        connection.NoteCommitted(prepared);
    }

    private static TenantDataException? Translate(NpgsqlException fault, LeasedConnection connection, NpgsqlBatchCommand check) =>
        fault is PostgresException answer && check.StatementType == StatementType.Unknown && FaultTranslation.TranslateCheck(answer, connection) is { } typed
            ? typed
            : FaultTranslation.TranslateCommit(fault, connection);

    private static NpgsqlBatch BatchIn(LeasedConnection connection)
    {
        try
        {
            return connection.CreateBatch();
        }
        // Npgsql has seen the end of the transaction in an answer of the server.
        catch (InvalidOperationException fault) when (connection.IsIdle)
        {
            throw FaultTranslation.EndedBySql(fault);
        }
    }
}
