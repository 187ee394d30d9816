// docs/analyzers.md shows what the rules report.
#pragma warning disable SFD0001, SFD0002

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of docs/analyzers.md and of the flow rules in docs/background-work.md, word for word.</summary>
internal static class FlowSnippets
{
    // <snippet>
    public static async IAsyncEnumerable<InvoicePage> FirstPagesAsync(TenantConnectionFactory factory, TenantContext tenant)
    {
        using var _ = AmbientTenantContext.Use(tenant); // SFD0001
        foreach (var status in Enum.GetValues<InvoiceStatus>())
            yield return await new InvoiceRepository(factory.CreateSession()).ListAsync(status: status);
    }
    // </snippet>

    // <snippet>
    public static IAsyncEnumerable<InvoicePage> StreamFirstPagesAsync(TenantConnectionFactory factory, TenantContext tenant)
    {
        return AmbientTenantContext.StreamAsync(tenant, PagesAsync);

        async IAsyncEnumerable<InvoicePage> PagesAsync()
        {
            foreach (var status in Enum.GetValues<InvoiceStatus>())
                yield return await new InvoiceRepository(factory.CreateSession()).ListAsync(status: status);
        }
    }
    // </snippet>

    // <snippet>
    public static async Task SetTenantAsync(Task<Guid> organizationId)
    {
        AmbientTenantContext.Use(TenantContext.ForOrganization(await organizationId)); // SFD0002
    }
    // </snippet>

    // <snippet>
    public static async Task WithTenantAsync(Task<Guid> organizationId, Func<Task> work)
    {
        await AmbientTenantContext.RunAsync(TenantContext.ForOrganization(await organizationId), work);
    }
    // </snippet>

    public static async Task<long> CountAsync(TenantConnectionFactory factory, TenantContext tenant)
    {
        // <snippet>
        var count = await AmbientTenantContext.RunAsync(tenant, () => factory.CreateSession().ExecuteScalarAsync<long>("SELECT count(*) FROM invoices"));

        var numbers = AmbientTenantContext.StreamAsync(tenant, () => factory.CreateSession().QueryUnbufferedAsync<string>("SELECT number FROM invoices"));
        await foreach (var number in numbers)
            Console.WriteLine(number);
        // </snippet>
        return count;
    }
}
