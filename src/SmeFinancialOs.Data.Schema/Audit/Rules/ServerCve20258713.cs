using SmeFinancialOs.Data.Schema.Audit.Fixes;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class ServerCve20258713 : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "server-cve-2025-8713", AuditSeverity.Warning,
        "A server whose statistics leak rows.",
        "A leaky operator of the caller sees sampled rows of views, partitions and children that the policies hide.",
        "https://www.postgresql.org/support/security/CVE-2025-8713/");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        ServerVersions.Fixed(scene.Catalog.ServerVersion, (15, 14), (16, 10), (17, 6)) is not { } minor ? [] :
        [Found($"PostgreSQL {scene.Catalog.ServerVersion.Major}", $"{scene.Catalog.ServerVersion} has CVE-2025-8713; fixed in {minor}.", Fix.Person($"update the server to {minor} or later"))];
}
