namespace SmeFinancialOs.Data.SampleHost;

/// <summary>What anybody may look at, and nobody may change. The page itself is wwwroot/demo.html.</summary>
internal static class DemoEndpoints
{
    public static void MapDemo(this WebApplication app)
    {
        var demo = app.MapGroup("/demo").WithDemoTenant().AddEndpointFilter<BadInputFilter>();
        demo.MapGet("/totals", (InvoiceRepository invoices, CancellationToken cancellationToken) => invoices.GetTotalsByStatusAsync(cancellationToken));
        // The same handler as for customers: the database knows that a demo writes nothing.
        demo.MapPost("/invoices", InvoiceEndpoints.CreateAsync);
    }
}
