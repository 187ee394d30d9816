using Npgsql;

namespace SmeFinancialOs.Data.Connections;

/// <summary>
/// Asks the server which statements are prepared, ahead of a text that may change that and behind it, in the same round trip. SQL that has prepared a statement
/// may have put it behind a name of Npgsql's; SQL that has taken one away leaves Npgsql with a name that means nothing. One that was never planned is half
/// prepared, by whoever used the raw connection.
/// </summary>
/// <param name="wasInDoubt">Whether what is prepared was in doubt before.</param>
internal sealed class PreparedStatementCheck(bool wasInDoubt)
{
    private string[] _names = [];

    public bool WasInDoubt => wasInDoubt;

    public NpgsqlBatchCommand Before { get; } = Command();

    public NpgsqlBatchCommand After { get; } = Command();

    /// <summary>Whether Npgsql's names are what they were; null until the server has answered.</summary>
    public bool? AreUntouched { get; private set; }

    /// <summary>The question.</summary>
    public static NpgsqlBatchCommand Command() => new(LeasedConnection.Unprepared(
        "SELECT coalesce(array_agg(p.name), '{}'), coalesce(bool_or(p.from_sql OR p.generic_plans + p.custom_plans = 0), false) "
        + "FROM pg_catalog.pg_prepared_statement() AS p"));

    /// <summary>Whether there is a statement that Npgsql has not prepared, or not to its end.</summary>
    public static bool HasForeign(NpgsqlDataReader answer) => answer.GetBoolean(1);

    /// <summary>Takes the answer to one of the two commands, which the reader stands on.</summary>
    public async ValueTask ReadAsync(NpgsqlDataReader reader, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var names = reader.GetFieldValue<string[]>(0);
        if (command == Before)
            _names = names;
        else
            AreUntouched = !HasForeign(reader) && !_names.Except(names).Any();
    }
}
