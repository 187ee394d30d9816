using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class SequenceReadable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "sequence-readable", AuditSeverity.Info,
        "A sequence that the app may read or set.",
        "Its value tells how many rows all tenants together have made.",
        Docs + "sql-grant.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from sequence in scene.Catalog.Relations.Values
        where sequence.Kind == 'S'
        from grant in scene.AppGrants(GrantKind.Relation, sequence.Oid)
        where grant.Privilege is "SELECT" or "UPDATE"
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(sequence.Name, $"{role} has {grant.Privilege} on it.", $"REVOKE SELECT, UPDATE ON SEQUENCE {sequence.Name} FROM {role};");
}
