using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Support;

/// <summary>A migrated database with two organizations and the demo, each with invoices that say whose they are.</summary>
public sealed class HostDatabase : TenantTestFixture, IAsyncLifetime
{
    public Guid OrganizationA { get; } = Guid.CreateVersion7();

    public Guid OrganizationB { get; } = Guid.CreateVersion7();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using var work = await Database.Factory.OpenConnectionAsync(TenantContext.ForAdmin("setup", "test data").AsReadWrite());
        foreach (var (id, slug) in new[] { (OrganizationA, "a"), (OrganizationB, "b"), (TenantContext.DemoOrganizationId, "demo") })
        {
            await new OrganizationRepository(work).CreateAsync(slug, slug, id);
            await work.ExecuteAsync(
                "INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) SELECT @id, i::text, 100, @slug, DATE '2026-01-01' "
                + "FROM generate_series(1, 3) i", new { id, slug });
        }

        await work.CommitAsync();
    }
}
