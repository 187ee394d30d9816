using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SharedRows : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "shared-rows", AuditSeverity.Info,
        "Rows that every tenant can read and none can write.",
        "Templates and other common rows may stand in a tenant table, without a tenant or under a fixed one. Whoever puts another tenant's data there "
            + "shows it to everybody.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.TenantTables
        let keys = KeysOf(model, table)
        where keys.Count > 0
        select Found(table.Name,
            $"Every tenant can read the rows whose {model.TenantColumnOf(table).Name} is {string.Join(" or ", keys)}; none can write them.",
                Fix.Person("allow it with the reason, if it is meant"));

    /// <summary>Of roles that have rows of their own besides: a demo reads a fixed tenant alone.</summary>
    internal static IReadOnlyList<string> KeysOf(DatabaseModel model, Relation table) => !model.IsSettled(table) ? []
        : [.. model.JudgementsOf(table).Where(judgement => !judgement.IsFixed).SelectMany(judgement => judgement.SharedRows).Distinct()];
}
