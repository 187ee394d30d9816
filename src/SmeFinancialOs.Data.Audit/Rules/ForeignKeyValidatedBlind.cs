using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ForeignKeyValidatedBlind : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-key-validated-blind", AuditSeverity.Info,
        "A foreign key that may have been validated by somebody who saw no rows.",
        "Under FORCE ROW LEVEL SECURITY the check of ADD FOREIGN KEY and of VALIDATE runs with the policies of whoever runs it. A table's owner sees "
            + "no row then, and PostgreSQL marks the constraint as valid although rows violate it. SET row_security = off makes such a check fail instead.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from key in model.Catalog.ForeignKeys.SelectMany(keys => keys)
        where key is { AfterPolicies: true, Validated: true } && model.IsTenantTable(key.Relation) && model.Catalog.Relations.ContainsKey(key.Target)
        let blind = BlindOwner(model, model.Catalog.Relations[key.Relation]) ?? BlindOwner(model, model.Catalog.Relations[key.Target])
        where blind is not null
        select Found(model.NameOf(key), $"It was made or validated after the policies, maybe by the owner {blind.Sql}, whom they bind.",
            Fix.Person($"ask as a superuser for rows that refer to nothing: {Orphans(model, key)}; make the constraint again where there are some, "
                + "else allow the finding with the reason"));

    /// <summary>An owner that a login may act as. Where nobody may, it was a superuser who made the constraint, and who saw all rows.</summary>
    private static Role? BlindOwner(DatabaseModel model, Relation table) => table is { RowSecurity: true, Forced: true }
        && model.Catalog.Roles.GetValueOrDefault(table.Owner) is { Superuser: false, BypassesRls: false } owner
        && model.Catalog.Roles.Values.Any(login => login is { LogsIn: true, Superuser: false, BypassesRls: false }
            && model.Identities.MayBecome(login).Any(role => role.Oid == owner.Oid)) ? owner : null;

    private static string Orphans(DatabaseModel model, ForeignKey key)
    {
        var (child, parent) = (model.Catalog.Relations[key.Relation], model.Catalog.Relations[key.Target]);
        var pairs = key.Columns.Zip(key.TargetColumns).Select(pair => (Own: Name(child, pair.First), Other: Name(parent, pair.Second))).ToList();
        return $"SELECT * FROM {child.Name} c WHERE {string.Join(" AND ", pairs.Select(pair => $"c.{pair.Own} IS NOT NULL"))} AND NOT EXISTS "
            + $"(SELECT FROM {parent.Name} p WHERE {string.Join(" AND ", pairs.Select(pair => $"p.{pair.Other} = c.{pair.Own}"))})";

        string Name(Relation table, short number) => model.Catalog.Columns[table.Oid].First(column => column.Number == number).Sql;
    }
}
