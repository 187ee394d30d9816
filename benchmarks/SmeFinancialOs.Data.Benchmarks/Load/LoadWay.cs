using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Load;

/// <summary>A way to get an organization's newest invoices, as a request of a host app would.</summary>
/// <param name="Title">As the table names it.</param>
/// <param name="AskAsync">The whole request: from the pool and back, waiting for a free connection included.</param>
internal sealed record LoadWay(string Title, Func<Guid, Task<IReadOnlyList<InvoiceRow>>> AskAsync);
