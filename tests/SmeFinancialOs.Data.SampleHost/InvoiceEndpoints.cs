using System.Globalization;

namespace SmeFinancialOs.Data.SampleHost;

internal sealed record InvoiceRequest(string Number, long AmountCents, string? CustomerName, DateOnly IssuedAt)
{
    public NewInvoice ToInvoice() => new() { Number = Number, AmountCents = AmountCents, CustomerName = CustomerName, IssuedAt = IssuedAt };
}

internal sealed record InvoiceList(IReadOnlyList<Invoice> Items, string? Next);

/// <summary>The cursor of a list as a query parameter: <c>2026-11-23,01938f3e-..</c></summary>
internal sealed record After(InvoiceCursor Cursor)
{
    public static bool TryParse(string? text, out After? after)
    {
        var parts = text?.Split(',') ?? [];
        after = parts.Length == 2
            && DateOnly.TryParseExact(parts[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var issuedAt)
            && Guid.TryParseExact(parts[1], "D", out var id)
            ? new After(new InvoiceCursor(issuedAt, id))
            : null;
        return after is not null;
    }

    public static string? Format(InvoiceCursor? cursor) => cursor is null ? null : $"{cursor.IssuedAt:O},{cursor.Id:D}";
}

/// <summary>The invoices of whoever asks. No handler names a tenant: the repository is injected for the one of the request.</summary>
internal static class InvoiceEndpoints
{
    public static void MapInvoices(this WebApplication app)
    {
        var invoices = app.MapGroup("/invoices").AddEndpointFilter<BadInputFilter>();
        invoices.MapGet("/", ListAsync);
        invoices.MapGet("/{id:guid}", async (Guid id, InvoiceRepository repository, CancellationToken cancellationToken) =>
            Found(await repository.GetAsync(id, cancellationToken)));
        invoices.MapGet("/by-number/{number}", async (string number, InvoiceRepository repository, CancellationToken cancellationToken) =>
            Found(await repository.GetByNumberAsync(number, cancellationToken)));
        invoices.MapPost("/", CreateAsync);
        invoices.MapPost("/{id:guid}/pay", async (Guid id, InvoiceRepository repository, CancellationToken cancellationToken) =>
            Found(await repository.ChangeStatusAsync(id, InvoiceStatus.Paid, cancellationToken)));
        invoices.MapDelete("/{id:guid}", async (Guid id, InvoiceRepository repository, CancellationToken cancellationToken) =>
            await repository.DeleteAsync(id, cancellationToken) ? Results.NoContent() : Results.NotFound());

        app.MapGet("/dashboard/totals",
            (InvoiceRepository repository, CancellationToken cancellationToken) => repository.GetTotalsByStatusAsync(cancellationToken));
    }

    public static async Task<IResult> CreateAsync(InvoiceRequest request, InvoiceRepository repository, CancellationToken cancellationToken)
    {
        var invoice = await repository.InsertAsync(request.ToInvoice(), cancellationToken);
        return Results.Created($"/invoices/{invoice.Id}", invoice);
    }

    private static async Task<InvoiceList> ListAsync(
        InvoiceRepository repository, CancellationToken cancellationToken, int pageSize = 50, After? after = null, InvoiceStatus? status = null)
    {
        var page = await repository.ListAsync(pageSize, after?.Cursor, status, cancellationToken);
        return new InvoiceList(page.Items, After.Format(page.Next));
    }

    private static IResult Found(Invoice? invoice) => invoice is null ? Results.NotFound() : Results.Ok(invoice);
}
