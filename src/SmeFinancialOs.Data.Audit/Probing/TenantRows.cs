using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Which rows of a table are a tenant's: by its tenant column, or by the parent rows that its foreign keys refer to.</summary>
internal sealed class TenantRows(ProbeCatalog catalog, ProbeIds ids)
{
    private const string Row = "probe_row";

    /// <summary>One query for each tenant and table. ctid, because an update that changes no value is one too.</summary>
    public string Fingerprint(Relation table, string tenant) => Query(table, Condition(table, tenant));

    /// <summary>Of a child table: the rows whose foreign keys are NULL.</summary>
    public string FingerprintOfOrphans(Relation table) => Query(table, string.Join(" AND ", catalog.OwnersOf(table).Select(owner =>
        $"({string.Join(" OR ", owner.Columns.Select(name => $"{Row}.{Identifier.Quote(name)} IS NULL"))})")));

    public string Count(Relation table, string tenant) => $"SELECT count(*)::text FROM {From(table)} WHERE {Condition(table, tenant)}";

    public string Delete(Relation table, string tenant) => $"DELETE FROM {From(table)} WHERE {Condition(table, tenant)}";

    /// <summary>For a statement that names the table with From.</summary>
    public string Condition(Relation table, string tenant) => Condition(table, tenant, Row);

    /// <summary>The ids of all levels, for a tenant that shares some of them with another.</summary>
    public string OtherIds(Relation table, string tenant) => string.Concat(catalog.Model.IdsOf(table).Select(id =>
        $" AND {Row}.{Identifier.Quote(id.Column.Name)} = {Identifier.Literal(ids.Of(tenant, id.Level))}"));

    public static string From(Relation table) => $"{table.Name} AS {Row}";

    /// <summary>A row with several parents belongs to the tenants of all of them.</summary>
    private string Condition(Relation table, string tenant, string row) =>
        $"({string.Join(" OR ", catalog.OwnersOf(table).Select(owner => owner.Parent is { } parent
            ? $"EXISTS (SELECT FROM {parent.Name} AS {row}_up WHERE {Join(owner, row)} AND {Condition(parent, tenant, row + "_up")})"
            : HasId(table, owner, tenant, row)))})";

    private string HasId(Relation table, RowOwner owner, string tenant, string row)
    {
        var column = catalog.ColumnsOf[table.Oid].First(column => column.Name == owner.Columns[0]);
        return $"{row}.{column.Sql} = {column.Value(ids.Of(tenant, owner.Level))}";
    }

    private static string Join(RowOwner owner, string row) => string.Join(" AND ", owner.Columns.Zip(owner.ParentColumns).Select(pair =>
        $"{row}_up.{Identifier.Quote(pair.Second)} = {row}.{Identifier.Quote(pair.First)}"));

    private static string Query(Relation table, string condition) =>
        $"SELECT count(*) || ' ' || coalesce(md5(string_agg({Row}::text || {Row}.tableoid || {Row}.ctid, '|' ORDER BY {Row}.tableoid, {Row}.ctid)), '') "
        + $"FROM {From(table)} WHERE {condition}";
}
