using Npgsql;

namespace SmeFinancialOs.Data;

// What the server said, for messages and reports.
internal static class ServerText
{
    // Class 22 is data exceptions, whose text quotes the value: of a row, where a migration converts a column.
    internal static string Of(PostgresException error) => error.SqlState.StartsWith("22", StringComparison.Ordinal)
        ? "a value does not fit, and is left out here: the server's own text quotes it"
        : error.MessageText;
}
