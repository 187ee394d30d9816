using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>How a text reads the setting, and the same text with that done right.</summary>
internal static class SettingText
{
    private static readonly string[] OpenedByNull =
        ["COALESCE", "IS", "CASE", "NOT", "<>", "!=", "GREATEST", "LEAST", "IF", "EXCEPTION", "concat", "concat_ws"];

    internal static bool Misses(SqlText text) => WithoutMissingOk(text).Any() || WithoutNullif(text).Any();

    /// <summary>PostgreSQL's own settings, which have no prefix, are never missing.</summary>
    internal static IEnumerable<SqlCall> WithoutMissingOk(SqlText text) => text.Calls()
        .Where(call => call.IsCurrentSetting && call.Arguments.Split(",") is [var name] && !(name[0].StartsWith('\'') && !name[0].Contains('.')));

    /// <summary>Cast as it is, though '' is what an ended setting reads. text has no fault with ''.</summary>
    internal static IEnumerable<SqlCall> WithoutNullif(SqlText text) => text.Calls().Where(call =>
        call.IsCurrentSetting && (text[call.After] == "::" || text[call.After].Equals("AS", StringComparison.OrdinalIgnoreCase))
            && text[call.After + 1] is not ("text" or "character" or "varchar" or ""));

    /// <summary>
    /// Whether NULL in the place of an error lets no row pass. COALESCE, IS NULL, CASE or a negation may turn NULL into true.
    /// </summary>
    internal static bool IsClosedByNull(SqlText text) => !OpenedByNull.Any(text.Has);

    internal static string? AddMissingOk(SqlText text) => With(text, WithoutMissingOk(text), call => call[..^1] + ", true)");

    internal static string? AddNullif(SqlText text) => With(text, WithoutNullif(text), call => $"NULLIF({call}, '')");

    internal static string? With(SqlText text, IEnumerable<SqlCall> calls, Func<string, string> write) =>
        calls.ToList() is { Count: > 0 } found ? text.With(found.Select(call => (call.Whole, write(call.Whole.Text)))) : null;
}
