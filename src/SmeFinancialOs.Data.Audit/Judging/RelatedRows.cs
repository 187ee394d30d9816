using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>The made-up rows of a table that a policy reads: one for the tenant that asks and what belongs to it, one for another tenant.</summary>
internal sealed class RelatedRows(DatabaseModel model, JudgingFacts facts, FittingValues values, ValueFamily family, IReadOnlyList<string> texts)
{
    private const int MostTexts = 6;

    /// <summary>What stands in the table.</summary>
    public async Task<List<SampleRow>> StandingAsync(Relation table, CancellationToken cancellationToken) =>
    [
        .. await RowsAsync(table, true, true, cancellationToken).ConfigureAwait(false),
        .. await RowsAsync(table, false, false, cancellationToken).ConfigureAwait(false),
    ];

    /// <summary>What a tenant might insert to reach another: rows that tie its own user to another tenant, unless a unique key refuses them.</summary>
    public async Task<List<SampleRow>> IntrudingAsync(Relation table, List<SampleRow> standing, CancellationToken cancellationToken)
    {
        var keys = model.Catalog.Indexes[table.Oid].Where(index => index is { Unique: true, Partial: false })
            .Select(index => model.Catalog.Columns[table.Oid].Where(column => index.Columns.Contains(column.Number)).Select(column => column.Name).ToList())
            .Where(columns => columns.Count > 0).ToList();
        var rows = await RowsAsync(table, false, true, cancellationToken).ConfigureAwait(false);
        return rows.FindAll(row => !keys.Exists(columns => standing.Exists(other => columns.TrueForAll(column =>
            row.Values.GetValueOrDefault(column) is { } value && value == other.Values.GetValueOrDefault(column)))));
    }

    /// <summary>One row, and one more for each text that the policies compare: a role, a status.</summary>
    private async Task<List<SampleRow>> RowsAsync(Relation table, bool ownTenant, bool ownEntity, CancellationToken cancellationToken)
    {
        var rows = new List<SampleRow>();
        foreach (var text in texts.Take(MostTexts).Prepend(null))
        {
            var row = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var column in facts.Tables[table.Oid].Columns.Where(column => column.Generated is null))
                row[column.Name] = await ValueAsync(table, column, ownTenant, ownEntity, text, cancellationToken).ConfigureAwait(false);
            if (!rows.Exists(other => other.Values.All(item => row[item.Key] == item.Value)))
                rows.Add(new(null, row));
        }
        return rows;
    }

    private async Task<string?> ValueAsync(Relation table, ColumnFacts column, bool ownTenant, bool ownEntity, string? text,
        CancellationToken cancellationToken)
    {
        var tenants = column.Family is ValueFamily.Other or ValueFamily.Text ? family : column.Family;
        var candidate = TenantLevel(table, column.Name) is { } level ? ownTenant ? SampleIds.OwnTenant(tenants, level) : SampleIds.OtherTenants(tenants)[0]
            : column switch
            {
                { IsArray: true } or { IsJson: true } => "{}",
                { Base: "boolean" } => "true",
                { Labels: [var first, ..] } => text is not null && column.Labels.Contains(text) ? text : first,
                { Family: ValueFamily.Text } when text is not null => text,
                { Family: not ValueFamily.Other } => ownEntity ? SampleIds.OwnEntity(column.Family) : SampleIds.OtherEntity(column.Family),
                _ when column.Base.StartsWith("timestamp", StringComparison.Ordinal) || column.Base == "date" => "2099-01-01",
                _ => null,
            };
        return candidate is not null && await values.FitsAsync(column.Type, candidate, cancellationToken).ConfigureAwait(false) ? candidate : null;
    }

    /// <summary>By its name, or because it refers to a tenant. Null for a column that names no tenant.</summary>
    private int? TenantLevel(Relation table, string column)
    {
        if (model.IdsOf(table).FirstOrDefault(id => id.Column.Name == column) is { Column: not null } known)
            return known.Level;
        if (model.Members is { } members && members.Table.Oid == table.Oid && members.Tenant.Name == column)
            return 0;
        var number = model.Catalog.Columns[table.Oid].First(own => own.Name == column).Number;
        return (from key in model.Catalog.ForeignKeys[table.Oid]
                where key.Columns.Contains(number) && model.Catalog.Relations.ContainsKey(key.Target)
                from id in model.IdsOf(model.Catalog.Relations[key.Target])
                where id.Column.Number == key.TargetColumns[Array.IndexOf(key.Columns, number)]
                select (int?)id.Level).FirstOrDefault();
    }
}
