using SmeFinancialOs.Data.AspNetCore;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>What is not called with bad input, each for its reason.</summary>
internal static class Exemptions
{
    private const string Result = "a result: the library makes it and takes none";

    private const string Fault = "an exception: what it carries is for whoever throws it";

    private const string HostWrites = "an interface that hosts implement: the code is theirs";

    public static readonly IReadOnlyDictionary<Type, string> Types = new Dictionary<Type, string>
    {
        [typeof(DeletedRows)] = Result,
        [typeof(InvoicePage)] = Result,
        [typeof(InvoiceOrganizationTotal)] = Result,
        [typeof(InvoiceStatusTotal)] = Result,
        [typeof(Organization)] = Result,
        [typeof(AuditFinding)] = Result,
        [typeof(SchemaFix)] = Result,
        [typeof(IsolationReport)] = Result,
        [typeof(TestOrganization)] = Result,
        [typeof(ContextSealKey)] = Result,
        [typeof(OutdatedTable)] = Result,
        [typeof(TenantAuditSummary)] = "two numbers that an audit of the host's found",
        [typeof(TenantKey)] = "a value: whatever takes one refuses what is no id",
        [typeof(Exception)] = Fault,
        [typeof(ITenantMembership)] = HostWrites,
    };

    /// <summary>Whether the type is exempt, or derived from one that is.</summary>
    public static bool Cover(Type type) => Types.Keys.Any(exempt => exempt.IsAssignableFrom(type));
}
