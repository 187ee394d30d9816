using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SealBroken : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "seal-broken", AuditSeverity.Error,
        "A sealed tenant context that does not hold.",
        "What verifies the signature is not what this version of the library ships, or the app may alter it: SQL in a request can be another tenant again.",
        Docs + "sql-createview.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        if (model.Seal is not { } seal)
            yield break;
        foreach (var view in model.Catalog.Relations.Values.Where(relation => !SealParts.IsShipped(relation)))
            yield return Found(view.Name, "It is not the view that this version of the library ships.", Mend());
        foreach (var function in model.Catalog.Functions.Values.Where(function => !SealParts.IsShipped(function)))
            yield return Found(function.Signature, "It is not the function that this version of the library ships.", Mend(SealParts.ScriptOf(function)));
        foreach (var (owner, part) in Owners(model, seal).DistinctBy(owned => owned.Owner))
        {
            foreach (var login in model.Identities.Logins.Where(login => model.Identities.MayBecome(login).Any(role => role.Oid == owner)))
            {
                yield return login.Oid == owner
                    ? Found(part, $"It belongs to {login.Sql}.", Fix.Person($"ALTER .. OWNER TO {SealParts.Owner}, or another role that nobody logs in as"))
                    : Found(part, $"It belongs to {model.Identities.NameOf(owner)}, which {login.Sql} may become.",
                        RoleFix.Revoke(model, login, model.Catalog.Roles[owner]));
            }
        }
    }

    private static IEnumerable<(uint Owner, string Part)> Owners(DatabaseModel model, Relation seal) =>
    [
        (seal.Owner, seal.Name),
        .. model.Catalog.Relations.Values.Where(relation => relation.Schema == seal.Schema).Select(relation => (relation.Owner, relation.Name)),
        .. model.Catalog.Schemas.Where(schema => schema.Oid == seal.Schema).Select(schema => (schema.Owner, schema.Name)),
        .. model.Catalog.Functions.Values.Where(function => function.Schema == seal.Schema).Select(function => (function.Owner, function.Signature)),
    ];

    private static Fix Mend(string script = SealParts.Script) => Fix.Person($"run {script} once more, in psql as a superuser");
}
