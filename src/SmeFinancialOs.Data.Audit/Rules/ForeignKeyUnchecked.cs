using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ForeignKeyUnchecked : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-key-unchecked", AuditSeverity.Error,
        "A foreign key of a tenant table that is not checked.",
        "DISABLE TRIGGER ALL, NOT VALID or NOT ENFORCED: a row may refer to another tenant's, or to one that is gone.",
        Docs + "sql-altertable.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        (from key in model.Catalog.ForeignKeys.SelectMany(keys => keys)
         where model.IsTenantTable(key.Relation) && !(key.Validated && key.Enforced)
         let alter = $"ALTER TABLE {model.Catalog.Relations[key.Relation].Name}"
         let name = Identifier.Quote(key.Name)
         select key.Enforced
             ? Found(model.NameOf(key), "It is NOT VALID: rows from before it may refer to anything.", Fix.Safe($"{alter} VALIDATE CONSTRAINT {name};"))
             : Found(model.NameOf(key), "It is NOT ENFORCED.", Fix.Safe($"{alter} ALTER CONSTRAINT {name} ENFORCED;")))
        .Concat(from table in model.TenantTables
                where model.Catalog.Triggers[table.Oid].Any(trigger => trigger.Internal && !trigger.Fires)
                select Found(table.Name, "Triggers of its foreign keys are disabled.", Fix.Safe($"ALTER TABLE {table.Name} ENABLE TRIGGER ALL;")));
}
