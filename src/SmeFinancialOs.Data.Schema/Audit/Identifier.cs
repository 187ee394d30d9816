namespace SmeFinancialOs.Data.Schema.Audit;

// A name as it goes into SQL, like quote_ident.
internal static class Identifier
{
    internal static string Quote(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && !ReservedWords.Contains(name)
            ? name
            : '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    internal static string Literal(string text) => '\'' + text.Replace("'", "''", StringComparison.Ordinal) + '\'';
}
