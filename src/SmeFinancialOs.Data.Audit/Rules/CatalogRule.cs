using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>
/// A rule: what it is about, and what it finds in a snapshot of the catalog. Its id is made of short words rather than numbers, so that an allowlist, a build
/// log and a SARIF file can be read without a table; it never changes once published.
/// </summary>
internal abstract class CatalogRule
{
    internal const string Docs = "https://www.postgresql.org/docs/current/";
    internal const string RowSecurity = Docs + "ddl-rowsecurity.html";

    public abstract AuditRule Description { get; }

    public abstract IEnumerable<AuditFinding> Evaluate(DatabaseModel model);

    protected AuditFinding Found(string @object, string message, Fix fix) => new(Description, @object, message, fix);
}
