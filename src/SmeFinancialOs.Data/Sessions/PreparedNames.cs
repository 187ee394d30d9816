using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// Asks the server which statements are prepared, ahead of a text that may change that and behind it, in the same round trip. SQL that has prepared a statement
/// may have put it behind a name of Npgsql's; SQL that has taken one away leaves Npgsql with a name that means nothing. One that was never planned is a
/// <see cref="HalfPreparedStatement"/> of whoever used the raw connection.
/// </summary>
internal sealed class PreparedNames
{
    private string[] _names = [];

    public NpgsqlBatchCommand Before { get; } = new(Question);

    public NpgsqlBatchCommand After { get; } = new(Question);

    /// <summary>Whether Npgsql's names are what they were; null until the server has answered.</summary>
    public bool? AreUntouched { get; private set; }

    private static string Question => PreparedStatements.Unprepared(
        "SELECT coalesce(array_agg(p.name), '{}'), coalesce(bool_or(p.from_sql OR p.generic_plans + p.custom_plans = 0), false) "
        + "FROM pg_catalog.pg_prepared_statement() AS p");

    /// <summary>Takes the answer to one of the two commands, which the reader stands on.</summary>
    public async ValueTask ReadAsync(NpgsqlDataReader reader, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var names = reader.GetFieldValue<string[]>(0);
        if (command == Before)
            _names = names;
        else
            AreUntouched = !reader.GetBoolean(1) && !_names.Except(names).Any();
    }

    /// <summary>
    /// Asks once more, in a round trip of its own, where there was no answer; and lets Npgsql forget all that is prepared where SQL has changed it. A
    /// connection of which that cannot be told, or which cannot forget, does not go back to its pool.
    /// </summary>
    public async ValueTask ForgetTouchedAsync(NpgsqlConnection connection)
    {
        if (AreUntouched == true || connection.FullState != ConnectionState.Open)
            return;
        try
        {
            if ((AreUntouched ?? await AskAsync(connection).ConfigureAwait(false)) || PreparedStatements.TryForget(connection))
                return;
        }
        catch (NpgsqlException)
        {
            // It cannot be told.
        }

        NpgsqlConnection.ClearPool(connection);
    }

    private async ValueTask<bool> AskAsync(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Question, connection);
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await ReadAsync(reader, After, CancellationToken.None).ConfigureAwait(false);
        return AreUntouched == true;
    }
}
