using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ParameterGranted : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "parameter-granted", AuditSeverity.Error,
        "A superuser setting that the app may change.",
        "SET on session_replication_role switches foreign keys and the guard off; ALTER SYSTEM reaches the whole server.",
        Docs + "ddl-priv.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from parameter in model.Catalog.ParameterGrants
        where model.Identities.IsApp(parameter.Grantee)
        let role = model.Identities.NameOf(parameter.Grantee)
        select Found($"{parameter.Parameter} for {role}", $"{role} may {parameter.Privilege} it.",
            Fix.Review($"REVOKE ALL ON PARAMETER {parameter.Parameter} FROM {role};"));
}
