using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginMissing : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "login-missing", AuditSeverity.Warning,
        "An app login that does not exist.",
        "The audit judges what the login may do: without it, privileges and memberships go unjudged.",
        Docs + "user-manag.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from name in model.Options.AppLogins
        where !model.Catalog.Roles.Values.Any(role => role.Name == name)
        select Found(Identifier.Quote(name), "There is no such role; name the login that the app uses.",
            Fix.Person($"CREATE ROLE {Identifier.Quote(name)} LOGIN NOINHERIT;"));
}
