using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Which made-up values a column can have. The server is asked about types that are not plain, once for each type and value.</summary>
internal sealed class FittingValues(Func<string, CancellationToken, Task> evaluate)
{
    private readonly Dictionary<(string Type, string Value), bool> _known = [];

    public async Task<List<string?>> FittingAsync(ColumnFacts column, IEnumerable<string?> candidates, CancellationToken cancellationToken)
    {
        var fitting = new List<string?>();
        foreach (var value in candidates.Distinct())
        {
            if (value is null ? !column.NotNull : await FitsAsync(column.Type, value, cancellationToken).ConfigureAwait(false))
                fitting.Add(value);
        }

        return fitting.Count > 0 ? fitting : [null];
    }

    public async Task<bool> FitsAsync(string type, string value, CancellationToken cancellationToken)
    {
        if (Plain(type, value) is { } plain)
            return plain;
        if (_known.TryGetValue((type, value), out var known))
            return known;
        var fits = true;
        try
        {
            await evaluate($"SELECT {Catalog.Identifier.Literal(value)}::{type}", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException)
        {
            fits = false;
        }

        return _known[(type, value)] = fits;
    }

    private static bool? Plain(string type, string value) => type switch
    {
        "text" or "character varying" => true,
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "bigint" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "integer" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "boolean" => value is "true" or "false",
        _ => null,
    };
}
