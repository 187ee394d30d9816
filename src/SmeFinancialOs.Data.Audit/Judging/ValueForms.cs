using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>How a value may stand in a setting, by how the expressions take it apart: plain, in a list, in JSON.</summary>
internal sealed partial class ValueForms(string text)
{
    public IEnumerable<string> Of(string id)
    {
        yield return id;
        var paths = JsonPath().Matches(text)
            .Select(match => Literal().Matches(match.Value).Select(key => ExpressionClosure.LiteralText(key.Value)).ToList()).ToList();
        if (text.Contains("json", StringComparison.OrdinalIgnoreCase) && paths.Count > 0)
            yield return JsonWith(paths, id);
        if (text.Contains("[]", StringComparison.Ordinal))
            yield return $"{{{id}}}";
        if (JsonElements().IsMatch(text))
            yield return JsonSerializer.Serialize(new[] { id });
    }

    /// <summary>What stands behind the name of the setting: current_setting('app.mode', true) = 'support'.</summary>
    public IEnumerable<string> LiteralsNear(string setting) =>
        from Match name in Regex.Matches(text, Regex.Escape($"'{setting}'"), RegexOptions.IgnoreCase)
        let after = text.Substring(name.Index + name.Length, Math.Min(120, text.Length - name.Index - name.Length))
        from Match literal in Literal().Matches(after).Take(3)
        select ExpressionClosure.LiteralText(literal.Value) into found
        where found.Length > 0
        select found;

    private static string JsonWith(List<List<string>> paths, string id)
    {
        var root = new JsonObject();
        foreach (var path in paths)
        {
            var at = root;
            foreach (var key in path.SkipLast(1))
                at = at is null ? null : at[key] is null ? (JsonObject)(at[key] = new JsonObject()) : at[key] as JsonObject;
            if (at is not null && at[path[^1]] is null)
                at[path[^1]] = id;
        }
        return root.ToJsonString();
    }

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?:->>?\s*'(?:[^']|'')+'(?:::text)?\)*\s*)+")]
    private static partial Regex JsonPath();

    [GeneratedRegex("json\\w*_array_elements", RegexOptions.IgnoreCase)]
    private static partial Regex JsonElements();
}
