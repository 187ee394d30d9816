using SmeFinancialOs.Data.Schema.Audit.Fixes;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class ServerCve202410976 : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "server-cve-2024-10976", AuditSeverity.Error,
        "A server that reuses plans across a change of role.",
        "Row-level security below sub-queries disregards a change of role: a plan of one role runs for another.",
        "https://www.postgresql.org/support/security/CVE-2024-10976/");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        ServerVersions.Fixed(scene.Catalog.ServerVersion, (15, 9), (16, 5), (17, 1)) is not { } minor ? [] :
        [Found($"PostgreSQL {scene.Catalog.ServerVersion.Major}", $"{scene.Catalog.ServerVersion} has CVE-2024-10976; fixed in {minor}.", Fix.Person($"update the server to {minor} or later"))];
}
