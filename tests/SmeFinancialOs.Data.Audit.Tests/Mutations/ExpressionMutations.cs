using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>Changes of one condition. Each operator and each call is changed by itself, in each way.</summary>
internal static partial class ExpressionMutations
{
    private static readonly (string From, string[] To)[] Operators =
    [
        (" = ", [" <> ", " >= ", " <= ", " IS DISTINCT FROM ", " IS NOT DISTINCT FROM "]), (" <> ", [" = "]), (" AND ", [" OR "]), (" OR ", [" AND "]),
        (" IS NOT NULL", [" IS NULL"]),
    ];

    /// <summary>key: the tenant column. literal: another tenant's id. functions: what the policies of this schema call.</summary>
    internal static IEnumerable<(string Name, string Text)> Of(string text, string key, string literal, IReadOnlyList<CalledFunction> functions)
    {
        yield return ("true", "true");
        yield return ("false", "false");
        yield return ("NOT", $"NOT ({text})");
        yield return ("OR key = literal", $"({text}) OR {key}::text = '{literal}'");
        yield return ("OR key IS NULL", $"({text}) OR {key} IS NULL");
        yield return ("AND key = literal", $"({text}) AND {key}::text = '{literal}'");
        foreach (var (from, to) in Operators)
        {
            foreach (var at in All(text, from))
            {
                foreach (var other in to)
                    yield return ($"{from.Trim()} {Number(text, from, at)} -> {other.Trim()}", text.Remove(at, from.Length).Insert(at, other));
            }
        }

        foreach (var function in functions.Where(function => text.Contains(function.Call, StringComparison.Ordinal)))
        {
            foreach (var other in functions.Where(other => other != function))
                yield return ($"{function.Call} -> {other.Call}", text.Replace(function.Call, other.Call, StringComparison.Ordinal));
            yield return ($"{function.Call} -> its body", text.Replace(function.Call, $"({function.Body})", StringComparison.Ordinal));
            foreach (var (name, body) in OfSettings(function.Body, literal))
                yield return ($"{function.Call} -> its body, {name}", text.Replace(function.Call, $"({body})", StringComparison.Ordinal));
        }
        foreach (var (name, other) in OfSettings(text, literal))
            yield return (name, other);
    }

    /// <summary>Changes of how a setting is read.</summary>
    internal static IEnumerable<(string Name, string Text)> OfSettings(string text, string literal)
    {
        foreach (var match in Nullif().Matches(text).Cast<Match>())
        {
            yield return ("without NULLIF", Replaced(match, match.Groups[1].Value));
            yield return ("COALESCE with literal", Replaced(match, $"COALESCE({match.Value}, '{literal}'::text)"));
        }

        foreach (var match in Setting().Matches(text).Cast<Match>())
        {
            yield return ("another setting", Replaced(match, match.Value.Replace(match.Groups[1].Value, "app.another", StringComparison.Ordinal)));
            yield return ("without missing_ok", Replaced(match, $"current_setting('{match.Groups[1].Value}'::text)"));
        }

        string Replaced(Match match, string other) => text.Remove(match.Index, match.Length).Insert(match.Index, other);
    }

    private static IEnumerable<int> All(string text, string part)
    {
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
            yield return at;
    }

    private static int Number(string text, string part, int at) => All(text, part).TakeWhile(other => other < at).Count() + 1;

    [GeneratedRegex(@"NULLIF\((current_setting\('[^']+'::text, true\)), ''::text\)")]
    private static partial Regex Nullif();

    [GeneratedRegex(@"current_setting\('([^']+)'::text, true\)")]
    private static partial Regex Setting();
}
