using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>So many organizations, each with the same number of invoices; the same rows whatever tables they are kept in.</summary>
internal sealed record Tenants(int Count)
{
    private const int InvoicesOfEach = 200;

    /// <summary>How many there are in each of the measurements.</summary>
    public static IReadOnlyList<int> Counts => Suite.Scale.IsMeasurement ? [12, 100, 500] : [3, 6];

    /// <summary>Counted from 1.</summary>
    public IEnumerable<int> Numbers => Enumerable.Range(1, Count);

    public IReadOnlyList<Guid> Ids => [.. Numbers.Select(GeneratedRows.OrganizationId)];

    /// <summary>The rows of one of them, into tables of its own.</summary>
    public string FillSql(string schema, int number) => $"""
        {GeneratedRows.OrganizationsSql($"{schema}.organizations", number, number)};
        {InvoicesSql(schema, $"generate_series({number - 1}::bigint, {LastInvoice}, {Count})", $"{number}")}
        """;

    /// <summary>The invoices of all, into one table, mixed by date.</summary>
    public string FillSql(string schema) => InvoicesSql(schema, $"generate_series(0::bigint, {LastInvoice})", $"i % {Count} + 1");

    /// <summary>What autovacuum would do in the middle of a measurement. Not possible in the transaction of other statements.</summary>
    public static string SettleSql(string schema) => $"VACUUM (ANALYZE) {schema}.organizations, {schema}.invoices";

    private int LastInvoice => (Count * InvoicesOfEach) - 1;

    private string InvoicesSql(string schema, string series, string organization) =>
        GeneratedRows.InvoicesSql($"{schema}.invoices", series, organization, Count * InvoicesOfEach);
}
