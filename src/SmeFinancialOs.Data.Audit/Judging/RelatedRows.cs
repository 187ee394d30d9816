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

    /// <summary>The row of the parent that belongs to the tenant that asks, or to another one.</summary>
    public async Task<SampleRow> ParentAsync(RowOwner owner, bool ownTenant, CancellationToken cancellationToken)
    {
        var row = (await RowsAsync(owner.Parent!, ownTenant, ownTenant, cancellationToken).ConfigureAwait(false))[0];
        return new(ownTenant ? SampleIds.OwnTenant(family, owner.Level) : SampleIds.OtherTenants(family)[0], row.Values);
    }

    /// <summary>
    /// What a tenant might insert to reach another: rows that tie its own user to another tenant, or another's things to its own tenant, unless a unique key
    /// refuses them. An id that is no more than the row's own name gets a new value.
    /// </summary>
    public async Task<List<SampleRow>> IntrudingAsync(Relation table, List<SampleRow> standing, CancellationToken cancellationToken)
    {
        var keys = model.Catalog.Indexes[table.Oid].Where(index => index is { Unique: true, Partial: false })
            .Select(index => model.Catalog.Columns[table.Oid].Where(column => index.Columns.Contains(column.Number)).Select(column => column.Name).ToList())
            .Where(columns => columns.Count > 0).ToList();
        var id = OwnName(table);
        List<SampleRow> rows =
        [
            .. await RowsAsync(table, false, true, cancellationToken).ConfigureAwait(false),
            .. await RowsAsync(table, true, false, cancellationToken).ConfigureAwait(false),
        ];
        var renamed = id is null || SampleIds.NewEntity(id.Family) is not { } name
            || !await values.FitsAsync(id.Type, name, cancellationToken).ConfigureAwait(false)
            ? [] : rows.ConvertAll(row => new SampleRow(null, new Dictionary<string, string?>(row.Values, StringComparer.Ordinal) { [id.Name] = name }));
        return rows.Concat(renamed).Where(row => !keys.Exists(columns => standing.Exists(other => columns.TrueForAll(column =>
            row.Values.GetValueOrDefault(column) is { } value && value == other.Values.GetValueOrDefault(column))))).ToList();
    }

    /// <summary>A primary key of one column that refers to nothing; null where there is none.</summary>
    private ColumnFacts? OwnName(Relation table) => facts.Tables[table.Oid].Columns.FirstOrDefault(column => column.Generated is null
        && model.Catalog.Columns[table.Oid].First(known => known.Name == column.Name).Number is var number
        && model.Catalog.Indexes[table.Oid].Any(index => index is { Primary: true, Columns: [var only] } && only == number)
        && !model.Catalog.ForeignKeys[table.Oid].Any(key => key.Columns.Contains(number)) && TenantLevel(table, column.Name) is null);

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
        var number = model.Catalog.Columns[table.Oid].First(known => known.Name == column.Name).Number;
        var reference = model.OwnerKeysOf(table.Oid).FirstOrDefault(key => key.Columns.Contains(number));
        var isId = reference is not null || model.IsParentId(table.Oid, number);
        var isOwn = reference is null ? ownEntity : ownTenant;
        if (isId && model.DepthOf(reference?.Target ?? table.Oid) % 2 == 1)
            isOwn = !isOwn; // so that the id of an own row is another's in the table above, and a comparison with the wrong id shows
        var candidate = TenantLevel(table, column.Name) is { } level ? ownTenant ? SampleIds.OwnTenant(tenants, level) : SampleIds.OtherTenants(tenants)[0]
            : column switch
            {
                { IsArray: true } or { IsJson: true } => "{}",
                { Base: "boolean" } => "true",
                { Labels: [var first, ..] } => text is not null && column.Labels.Contains(text) ? text : first,
                { Family: ValueFamily.Text } when text is not null && !isId => text,
                { Family: not ValueFamily.Other } => isOwn ? SampleIds.OwnEntity(column.Family) : SampleIds.OtherEntity(column.Family),
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
