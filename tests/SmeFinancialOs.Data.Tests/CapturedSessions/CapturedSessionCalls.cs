using System.Text;

namespace SmeFinancialOs.Data.Tests.CapturedSessions;

/// <summary>Each call of a session. It gives the rows that it read, or what it threw.</summary>
internal static class CapturedSessionCalls
{
    public const string Customers = "SELECT customer_name FROM public.invoices ORDER BY 1";

    public static IReadOnlyDictionary<string, Func<ITenantSession, Task<string>>> All { get; } = new Dictionary<string, Func<ITenantSession, Task<string>>>
    {
        [nameof(ITenantSession.QueryAsync)] = async session => string.Join(' ', await session.QueryAsync<string>(Customers)),
        [nameof(ITenantSession.QuerySingleOrDefaultAsync)] = async session => $"{await session.QuerySingleOrDefaultAsync<string>($"{Customers} LIMIT 1")}",
        [nameof(ITenantSession.ExecuteScalarAsync)] = async session => $"{await session.ExecuteScalarAsync<string>(Customers)}",
        [nameof(ITenantSession.ExecuteAsync)] = async session =>
            $"{await session.ExecuteAsync("UPDATE public.invoices SET amount_cents = amount_cents")} of {session.Context}",
        [nameof(ITenantSession.QueryUnbufferedAsync)] = async session =>
        {
            var rows = new List<string>();
            await foreach (var row in session.QueryUnbufferedAsync<string>(Customers))
                rows.Add(row);
            return string.Join(' ', rows);
        },
        [nameof(ITenantSession.InsertManyAsync)] = async session =>
            $"{await session.InsertManyAsync("public.invoices", Array.Empty<NewInvoice>())} of {session.Context}",
        [nameof(ITenantSession.CreateBatch)] = async session =>
        {
            var batch = session.CreateBatch();
            var rows = batch.AddQuery<string>(Customers);
            await batch.ExecuteAsync();
            return string.Join(' ', rows.Value);
        },
        [nameof(ITenantSession.ExportAsync)] = async session =>
        {
            using var csv = new MemoryStream();
            await session.ExportAsync($"COPY ({Customers}) TO STDOUT", csv);
            return Encoding.UTF8.GetString(csv.ToArray());
        },
        [nameof(InvoiceRepository)] = async session =>
            string.Join(' ', (await new InvoiceRepository(session).ListAsync()).Items.Select(invoice => invoice.CustomerName)),
        ["An empty list of parameters"] = async session => $"{await session.ExecuteAsync("SELECT @id", Array.Empty<object>())} of {session.Context}",
    };

    /// <summary>Under a context; under none where it is null.</summary>
    public static async Task<string> UnderAsync(TenantContext? context, Func<Task<string>> call)
    {
        using var ambient = context is null ? AmbientTenantContext.Suppress() : AmbientTenantContext.Use(context);
        try
        {
            return await call();
        }
        catch (TenantDataException fault)
        {
            return fault.GetType().Name;
        }
    }
}
