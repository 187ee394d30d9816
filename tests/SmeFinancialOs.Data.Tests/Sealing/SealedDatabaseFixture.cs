using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>The same database and host, with the tenant context sealed.</summary>
public sealed class SealedDatabaseFixture : TenantDatabaseFixture
{
    protected override TenantDatabaseOptions Options { get; } = new() { Seal = true };
}
