using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

// A fault of the server itself, and the minor versions that mend it.
internal abstract class ServerCveRule(string cve, params (int Major, int Minor)[] fixes) : CatalogRule
{
    public override IEnumerable<AuditFinding> Judge(AuditScene scene)
    {
        var server = scene.Catalog.ServerVersion;
        if (ServerVersions.Fixed(server, fixes) is { } minor)
            yield return Found($"PostgreSQL {server.Major}", $"{server} has {cve}; fixed in {minor}.", Fix.Person($"update the server to {minor} or later"));
    }
}
