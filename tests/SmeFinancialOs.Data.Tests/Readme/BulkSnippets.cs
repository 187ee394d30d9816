namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of docs/bulk-load.md, word for word.</summary>
internal static class BulkSnippets
{
    public static async Task InsertAsync(ITenantSession session, IEnumerable<(string CustomerName, decimal Amount)> orders)
    {
        // <snippet>
        await session.InsertManyAsync("shop.orders", orders.Select(order => new { order.CustomerName, order.Amount, Note = "imported" }));
        // </snippet>
    }
}
