namespace SmeFinancialOs.Data.SampleHost;

/// <summary>A statement takes a while: the request only asks for it, a background job writes it.</summary>
internal static class StatementEndpoints
{
    public static void MapStatements(this WebApplication app)
    {
        app.MapPost("/statements", async (ITenantSession session, StatementQueue queue, CancellationToken cancellationToken) =>
        {
            var id = Guid.CreateVersion7();
            await queue.AddAsync(new StatementRequest(session.Context, id), cancellationToken);
            return Results.Accepted($"/statements/{id}");
        });

        app.MapGet("/statements/{id:guid}", async (Guid id, ITenantSession session, CancellationToken cancellationToken) =>
            await session.QuerySingleOrDefaultAsync<string>("SELECT csv FROM statements WHERE id = @id", new { id }, cancellationToken) is { } csv
                ? Results.Text(csv, "text/csv")
                : Results.NotFound());
    }
}
