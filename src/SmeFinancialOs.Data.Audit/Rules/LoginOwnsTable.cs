using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginOwnsTable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-owns-table", AuditSeverity.Error,
        "A tenant table whose owner the app is or may become.",
        "An owner can switch row-level security off, or drop the policies.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.TenantTables
        where model.Identities.IsApp(table.Owner)
        select Found(table.Name, $"It belongs to {model.Identities.NameOf(table.Owner)}, which the app is or may become.",
            OwnerFix.Give(model, $"TABLE {table.Name}", table.Owner));
}
