using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TableNotForced : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-not-forced", AuditSeverity.Error,
        "Row-level security that does not bind the owner.",
        "The owner, its views and its SECURITY DEFINER functions read all tenants past the policies.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.RootTables.Concat(model.ChildTables)
        where table.RowSecurity && !table.Forced
        select Found(table.Name, "Its owner is not bound by the policies.",
            new($"ALTER TABLE {table.Name} FORCE ROW LEVEL SECURITY;", !OwnerActs(model, table)));

    /// <summary>Whether somebody may count on the owner seeing every row: its own jobs, or a function with its rights, which a policy may even call.</summary>
    private static bool OwnerActs(DatabaseModel model, Relation table) =>
        model.Catalog.Roles.GetValueOrDefault(table.Owner) is not { } owner || (owner is { Superuser: false, BypassesRls: false } && (owner.LogsIn
            || model.Catalog.Functions.Values.Any(function => function.Definer && function.Owner == table.Owner && !function.System
                && MayRead(model, table, function))));

    /// <summary>By name, through functions that it calls; a view may read any table, and a statement that is built while it runs may, too.</summary>
    private static bool MayRead(DatabaseModel model, Relation table, Function function)
    {
        if (function.Language is not ("sql" or "plpgsql"))
            return true;
        var names = model.Catalog.Relations.Values.Where(relation => relation.Oid == table.Oid || relation is { IsTable: false, Kind: not 'S' })
            .Select(relation => relation.PlainName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return DefinerJudge.ClosureOf(model, function).Texts.Any(text => text.Has("EXECUTE")
            || Enumerable.Range(0, text.Count).Any(i => text[i][0] != '\'' && names.Contains(Identifier.Unquote(text[i]))));
    }
}
