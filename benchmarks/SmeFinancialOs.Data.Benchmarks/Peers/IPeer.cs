using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>One way to serve a request: a connection from the pool, the newest 50 invoices of one organization as objects, the connection back.</summary>
internal interface IPeer
{
    /// <summary>As the tables name it.</summary>
    string Title { get; }

    Task<IReadOnlyList<InvoiceRow>> NewestAsync();
}
