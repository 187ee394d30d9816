using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>What the server said, for messages and reports.</summary>
internal static class ServerText
{
    /// <summary>Class 22 is data exceptions, whose text quotes the value: of a row, where a migration converts a column.</summary>
    internal static string Of(PostgresException error) => error.SqlState.StartsWith("22", StringComparison.Ordinal)
        ? "a value does not fit, and is left out here: the server's own text quotes it"
        : error.MessageText;
}
