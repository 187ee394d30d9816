using System.Globalization;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Texts that a type may accept, the likeliest first. The server sorts out the others, so a guess costs little.</summary>
internal sealed partial class Candidates(IReadOnlyDictionary<uint, ProbeType> types)
{
    private static readonly string[] Shapes =
    [
        "a", "A", "abc", "ABC", "Ab", "1", "12345", "USD", "EUR", "DE", "en", "en-US", "UTC", "user{0}@example.org", "https://example.org/{0}",
        "+15550100{0}", "AB-1234", "2026-01-01",
        "#a1b2c3", "10:00", "192.0.2.1", "example.org", "DE89370400440532013000", "00000000-0000-4000-8000-00000000000{0}", "{{}}", "",
    ];

    /// <summary>The expressions are those that restrict the column; what they mention is likely to be allowed, or just past a bound.</summary>
    internal IEnumerable<string> For(ProbeColumn column, IEnumerable<string> expressions, int shift)
    {
        var hints = expressions.Append(column.Default ?? "").Concat(DomainChecks(column.TypeOid)).SelectMany(Literals).Distinct().ToList();
        return Of(column.TypeOid, hints, shift).Distinct().Take(120);
    }

    private IEnumerable<string> DomainChecks(uint type) =>
        types.TryGetValue(type, out var known) ? known.Below.SelectMany(DomainChecks).Prepend(known.Checks) : [];

    private IEnumerable<string> Of(uint oid, IReadOnlyList<string> hints, int shift)
    {
        if (!types.TryGetValue(oid, out var type))
            return hints;
        if (type.Array)
            return Of(type.Below[0], hints, shift).Take(40).Select(element => $"{{{Quoted(element)}}}").Append("{}");
        return type.Kind switch
        {
            'd' => Of(type.Below[0], hints, shift),
            'e' => Rotated(type.Labels, shift),
            'c' => Enumerable.Range(0, 6).Select(i =>
                $"({string.Join(",", type.Below.Select(field => Of(field, hints, shift + i).Skip(i).FirstOrDefault() is { } text ? Quoted(text) : ""))})"),
            'r' => Ranges(Of(type.Below[0], hints, shift).Take(12).ToList()).Prepend("empty"),
            'm' => Of(type.Below[0], hints, shift).Select(range => $"{{{range}}}"),
            _ => Base(type.Name, hints, shift),
        };
    }

    private static IEnumerable<string> Ranges(List<string> ends) =>
        ends.SelectMany((_, i) => ends.Skip(i + 1).SelectMany(end => new[] { $"[{Quoted(ends[i])},{Quoted(end)})", $"[{Quoted(end)},{Quoted(ends[i])})" }))
            .Take(60).Reverse();

    private static IEnumerable<string> Base(string type, IReadOnlyList<string> hints, int shift)
    {
        var numbers = hints.Where(hint => decimal.TryParse(hint, NumberStyles.Number, CultureInfo.InvariantCulture, out _))
            .Select(hint => decimal.Parse(hint, CultureInfo.InvariantCulture)).Where(number => Math.Abs(number) < 1_000_000_000_000_000_000).ToList();
        return type switch
        {
            "boolean" => Rotated(["true", "false"], shift),
            "smallint" or "integer" or "bigint" or "numeric" or "real" or "double precision" or "oid" or "money" =>
                Numbers(shift).Concat(numbers.SelectMany(n => new[] { n, n + 1, n - 1, n + 0.5m, n + shift, n / 2 }))
                    .Select(n => n.ToString(CultureInfo.InvariantCulture)),
            "uuid" => Enumerable.Range(0, 12).Select(_ => Guid.NewGuid().ToString()).Concat(hints),
            "date" => Days(shift).Concat(hints.SelectMany(Around)),
            "timestamp without time zone" or "timestamp with time zone" =>
                Days(shift).Take(1).SelectMany(day => Enumerable.Range(0, 8).Select(hour => $"{day} {hour:00}:00")).Concat(Days(shift).Skip(1))
                    .Concat(hints.SelectMany(Around)),
            "time without time zone" or "time with time zone" => Enumerable.Range(0, 12).Select(i => $"{(8 + i + shift) % 24:00}:{shift % 60:00}:00")
                .Concat(hints),
            "interval" => Enumerable.Range(1, 12).Select(i => $"{i + shift} hours").Concat(hints),
            "json" or "jsonb" => [$"{{\"n\": {shift}}}", "{}", "[]", $"[{shift}]", $"{shift}", "\"a\"", "true", .. hints,
                .. hints.Select(hint => $"{{\"{hint}\": {shift}}}"), .. hints.Select(hint => $"{{\"{hint}\": \"a\"}}")],
            "bytea" => Enumerable.Range(0, 12).Select(i => $"\\x{shift % 256:x2}{i:x2}")
                .Concat(numbers.Where(n => n is > 0 and < 1000).Select(n => "\\x" + string.Concat(Enumerable.Repeat($"{shift % 256:x2}", (int)n)))),
            "inet" => Enumerable.Range(1, 12).Select(i => $"192.0.{shift % 250}.{i}").Concat(hints),
            "cidr" => Enumerable.Range(1, 12).Select(i => $"10.{shift % 250}.{i}.0/24").Concat(hints),
            "macaddr" => Enumerable.Range(1, 12).Select(i => $"08:00:2b:01:{shift % 256:x2}:{i:x2}"),
            "macaddr8" => Enumerable.Range(1, 12).Select(i => $"08:00:2b:ff:fe:01:{shift % 256:x2}:{i:x2}"),
            "bit" or "bit varying" => Enumerable.Range(1, 12).Select(i => Convert.ToString(((i + shift) % 200) + 256, 2)[1..]).Concat(["1", "0"]),
            "tsvector" or "tsquery" => Enumerable.Range(0, 12).Select(i => $"word{shift + i}"),
            "point" => Enumerable.Range(0, 12).Select(i => $"({shift},{i})"),
            "circle" => Enumerable.Range(0, 12).Select(i => $"<({shift},{i}),1>"),
            "line" => [$"{{1,2,{shift}}}"],
            "xml" => [$"<a>{shift}</a>"],
            "pg_lsn" => Enumerable.Range(1, 12).Select(i => $"0/{(shift * 16) + i:X}"),
            "box" or "lseg" or "path" or "polygon" => Enumerable.Range(1, 12).Select(i => $"(({shift},{i}),({shift + 1},{i + 1}))"),
            _ => Texts(hints, numbers, shift),
        };
    }

    private static IEnumerable<string> Texts(IReadOnlyList<string> hints, List<decimal> numbers, int shift)
    {
        // Within the first characters, for the sake of short columns.
        var own = Enumerable.Range(0, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"p{shift}{(char)('a' + i)}"));
        var sized = numbers.Where(n => n is > 0 and < 2000 && n == decimal.Truncate(n)).SelectMany(n => new[] { (int)n, (int)n - 1, (int)n + 1 })
            .Select(length => string.Create(CultureInfo.InvariantCulture, $"p{shift}").PadRight(length, 'x')[..length]).Take(20);
        var patterns = hints.Where(hint => hint.IndexOfAny(['^', '[', '\\', '$']) >= 0)
            .SelectMany(hint => Enumerable.Range(shift, 6).Select(i => RegexExample.Create(hint, i)));
        var liked = hints.Where(hint => hint.Contains('%', StringComparison.Ordinal))
            .Select(hint => hint.Replace("%", $"{shift}", StringComparison.Ordinal).Replace('_', 'x'));
        return [.. own, .. patterns, .. Rotated(hints, shift), .. liked, .. sized,
            .. Shapes.Select(shape => string.Format(CultureInfo.InvariantCulture, shape, shift)), .. hints.Select(hint => hint.ToUpperInvariant())];
    }

    private static IEnumerable<decimal> Numbers(int shift) =>
        [.. Enumerable.Range(0, 12).Select(i => (decimal)((shift * 12) + i + 1)), 0, 100, 1000, 0.5m, 2026, -1];

    private static IEnumerable<string> Days(int shift) =>
        Enumerable.Range(0, 12).Select(i => Day(new DateTime(2026, 1, 1).AddDays((shift * 12) + i)))
            .Concat(["1990-05-05", "2015-05-05", "2020-05-05", "2023-05-05", "2024-05-05", "2025-05-05", "2027-05-05", "2030-05-05", "2050-05-05"]);

    private static IEnumerable<string> Around(string hint) =>
        DateTime.TryParse(hint, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 10 and < 9000
            ? [hint, Day(day.AddDays(1)), Day(day.AddDays(-1)), Day(day.AddDays(7))] : [hint];

    private static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Rotated(IReadOnlyList<string> texts, int shift) => texts.Select((_, i) => texts[(i + shift) % texts.Count]);

    private static string Quoted(string text) =>
        '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';

    private static IEnumerable<string> Literals(string expression) =>
        Literal().Matches(expression).Select(match =>
            match.Groups["text"].Success ? match.Groups["text"].Value.Replace("''", "'", StringComparison.Ordinal) : match.Value);

    [GeneratedRegex("'(?<text>(?:[^']|'')*)'|(?<![\\w.])-?\\d+(?:\\.\\d+)?")]
    private static partial Regex Literal();
}
