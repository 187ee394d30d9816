using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginOwnsSchema : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-owns-schema", AuditSeverity.Error,
        "A schema or database whose owner the app is or may become.",
        "The owner of a schema can drop what is in it, protected tables too; the owner of a database can set a default tenant for every connection.",
        Docs + "sql-dropschema.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        (from schema in model.Catalog.Schemas
         where model.Identities.IsApp(schema.Owner)
         select Found(schema.Name, $"The schema belongs to {model.Identities.NameOf(schema.Owner)}, which the app is or may become.",
             schema.Owner == model.DatabaseOwners
             ? Fix.Person("give the database to another role: its owner owns this schema")
             : OwnerFix.Give(model, $"SCHEMA {schema.Name}", schema.Owner)))
        .Concat(from database in new[] { model.Catalog.Database }
                where model.Identities.IsApp(database.Owner)
                select Found(Identifier.Quote(database.Name),
                    $"The database belongs to {model.Identities.NameOf(database.Owner)}, which the app is or may become.",
                    OwnerFix.Give(model, $"DATABASE {Identifier.Quote(database.Name)}", database.Owner)));
}
