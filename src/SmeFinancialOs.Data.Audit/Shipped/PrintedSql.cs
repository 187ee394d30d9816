using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>Parts of regular expressions for SQL as PostgreSQL prints it, and such SQL on one line.</summary>
internal static partial class PrintedSql
{
    internal const string Name = """(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)""";

    internal const string Cast = """(?:::[a-z][a-z0-9_ ]*)?""";

    internal static string OnOneLine(string? sql) => Blank().Replace(sql ?? "", " ");

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();
}
