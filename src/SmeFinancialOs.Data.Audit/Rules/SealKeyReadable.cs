using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SealKeyReadable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "seal-key-readable", AuditSeverity.Error,
        "Keys of the sealed context that somebody besides their owner may read or write.",
        "Whoever reads a key can sign for every tenant, and whoever writes one can add a key of their own.",
        Docs + "ddl-priv.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from keys in model.Catalog.Relations.Values
        where keys.Name == SealParts.Keys
        from grantee in model.Catalog.Grants[(GrantKind.Relation, keys.Oid)].Select(grant => model.Identities.NameOf(grant.Grantee)).Distinct()
        select Found(keys.Name, $"{grantee} has privileges on it.", Fix.Safe($"REVOKE ALL ON {keys.Name} FROM {grantee};"));
}
