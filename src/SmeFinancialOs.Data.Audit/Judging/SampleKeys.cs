namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>The values that tie a made-up row to a tenant. Tenant: NULL where the row belongs to nobody.</summary>
internal sealed record SampleKey(string? Tenant, IReadOnlyDictionary<string, string?> Values);

/// <summary>Makes up what ties a row to the tenant that asks, to others and to nobody.</summary>
internal sealed class SampleKeys(TableFacts table, RowOwner owner, FittingValues values)
{
    private const int MostUnknown = 8;

    /// <summary>Of a tenant column: ids.</summary>
    internal async Task<IReadOnlyList<SampleKey>> OfColumnAsync(IEnumerable<string?> ids, CancellationToken cancellationToken)
    {
        var column = table[owner.Columns[0]];
        var fitting = await values.FittingAsync(column, column.NotNull ? ids : ids.Append(null), cancellationToken).ConfigureAwait(false);
        return [.. fitting.Select(id => new SampleKey(id, new Dictionary<string, string?>(StringComparer.Ordinal) { [column.Name] = id }))];
    }

    /// <summary>
    /// Of a child table: the ids of the own parent, of another tenant's, of parents that nobody has made up and which are therefore others', and no parent.
    /// Of a composite key also a part of the own parent's with a part of another's. Empty where the own parent cannot be told from another's.
    /// </summary>
    internal async Task<IReadOnlyList<SampleKey>> OfParentAsync(SampleRow own, SampleRow other, IEnumerable<string> unknown,
        CancellationToken cancellationToken)
    {
        var columns = owner.Columns.Select(name => table[name]).ToList();
        var (ownIds, otherIds) = (Ids(own), Ids(other));
        if (ownIds.Zip(otherIds).Any(pair => pair.First is null || pair.Second is null || pair.First == pair.Second))
            return [];
        var keys = new List<SampleKey> { new(own.Key, Values(ownIds)), new(other.Key, Values(otherIds)) };
        for (var i = 0; i < (columns.Count > 1 ? columns.Count : 0); i++)
        {
            keys.Add(Nobodys([.. ownIds.Select((id, at) => at == i ? otherIds[at] : id)]));
            keys.Add(Nobodys([.. otherIds.Select((id, at) => at == i ? ownIds[at] : id)]));
        }
        foreach (var id in unknown.Distinct())
        {
            var fits = true;
            for (var i = 0; i < columns.Count && fits; i++)
                fits = id != ownIds[i] && id != otherIds[i] && await values.FitsAsync(columns[i].Type, id, cancellationToken).ConfigureAwait(false);
            if (fits && keys.Count < MostUnknown + 2)
                keys.Add(Nobodys([.. columns.Select(_ => id)]));
        }
        for (var i = 0; i < columns.Count; i++)
        {
            if (!columns[i].NotNull)
                keys.Add(new(null, Values([.. ownIds.Select((id, at) => at == i ? null : id)])));
        }
        return [.. keys.DistinctBy(key => string.Join('\0', key.Values.Values))];

        List<string?> Ids(SampleRow parent) => [.. owner.ParentColumns.Select(name => parent.Values.GetValueOrDefault(name))];
    }

    /// <summary>A tenant that no setting can name: the space makes it no id.</summary>
    private SampleKey Nobodys(List<string?> ids) => new($"the tenant of parent {string.Join('/', ids)}", Values(ids));

    private Dictionary<string, string?> Values(List<string?> ids) =>
        owner.Columns.Zip(ids).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
}
