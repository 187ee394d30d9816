namespace SmeFinancialOs.Data.SampleHost;

/// <summary>For operators, who say why in the header X-Admin-Reason; the database keeps a log of it.</summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this WebApplication app)
    {
        app.MapGet("/admin/totals", (InvoiceRepository invoices, CancellationToken cancellationToken) =>
                invoices.GetTotalsByOrganizationAsync(cancellationToken))
            .RequireTenantAdmin("operator");

        // The right to erasure: everything the organization owns, in every table, and how many rows that was.
        app.MapDelete("/admin/organizations/{id:guid}", async (Guid id, OrganizationRepository organizations, CancellationToken cancellationToken) =>
            await organizations.DeleteAsync(id, cancellationToken) is { Count: > 0 } deleted ? Results.Ok(deleted) : Results.NotFound())
            .RequireTenantAdmin("operator", allowWrites: true);
    }
}
