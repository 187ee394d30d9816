using Npgsql;

namespace SmeFinancialOs.Data.Connections;

/// <summary>
/// Settings of a session that have an effect ahead of the reset in its next batch, and that the server reports to the driver. Npgsql reads the placeholders of
/// a text by <c>standard_conforming_strings</c>: where SQL has left it off, <c>'\' AND id = @id</c> is sent as it stands, and <c>@ id</c> is the absolute value
/// of the column. And a transaction begins read-only where <c>default_transaction_read_only</c> was left on. They are reset before the connection is used.
/// </summary>
internal sealed class ReportedSettings(bool isBehindPooler)
{
    /// <summary>What they are by default; a login or a server may have other defaults, which a reset returns to.</summary>
    private volatile Values _defaults = new("on", "off");

    public async ValueTask ResetAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var reported = connection.PostgresParameters;
        if (ConformingStrings(reported) == _defaults.ConformingStrings && ReadOnly(reported) == _defaults.ReadOnly)
            return;
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("RESET standard_conforming_strings"));
        // A pooler in transaction mode gives the session to somebody else next.
        if (!isBehindPooler)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("RESET default_transaction_read_only"));
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        _defaults = new(ConformingStrings(reported), ReadOnly(reported));
    }

    private static string ConformingStrings(IReadOnlyDictionary<string, string> reported) => reported.GetValueOrDefault("standard_conforming_strings", "on");

    private string ReadOnly(IReadOnlyDictionary<string, string> reported) =>
        isBehindPooler ? "off" : reported.GetValueOrDefault("default_transaction_read_only", "off");

    private sealed record Values(string ConformingStrings, string ReadOnly);
}
