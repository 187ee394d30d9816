using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SequenceReadable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "sequence-readable", AuditSeverity.Info,
        "A sequence that the app may read or set.",
        "Its value tells how many rows all tenants together have made.",
        Docs + "sql-grant.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from sequence in model.Catalog.Relations.Values
        where sequence.Kind == 'S'
        let roles = model.AppGrantees(GrantKind.Relation, sequence.Oid, "SELECT", "UPDATE")
        where roles.Length > 0
        // nextval() needs USAGE or UPDATE
        let writers = model.AppGrantees(GrantKind.Relation, sequence.Oid, "UPDATE")
        let usage = writers.Length > 0 ? $"GRANT USAGE ON SEQUENCE {sequence.Name} TO {writers};\n" : ""
        select Found(sequence.Name, $"{roles} may read or set it.", Fix.Review($"{usage}REVOKE SELECT, UPDATE ON SEQUENCE {sequence.Name} FROM {roles};"));
}
