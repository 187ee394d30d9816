using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>A database for each tenant, a schema for each, or shared tables with row-level security: what does each take, and how fast is it?</summary>
internal sealed class StrategiesQuestion : IQuestion
{
    public string Name => "strategies";

    public string Summary => "a database per tenant, a schema per tenant, or shared tables?";

    public async Task<Report> RunAsync()
    {
        var scale = Suite.Scale.IsMeasurement
            ? Suite.Scale with { MeasureFor = TimeSpan.FromSeconds(60) }
            : Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        var results = new List<StrategiesResult>();
        foreach (var tenants in Tenants.Counts)
            results.Add(await StrategiesResult.MeasureAsync(tenants, scale));

        var facts = await RunFacts.CollectAsync(
            await Suite.Server.GetAsync(),
            $"Connections: {BenchmarkPools.Description}; with a database per tenant Maximum Pool Size=1 for each, at most {results[0].ConnectionLimit} in "
            + "all (half of max_connections)",
            $"Rounds: {string.Join(", ", results.Select(result => $"{result.Measurements.Rounds} with {result.Tenants} tenants"))}");
        var report = new Report(Name, "Database per tenant, schema per tenant, shared tables") { Facts = facts };
        report.Add(StrategiesTables.Footprints(results), "What it takes");
        foreach (var result in results)
            report.Add(new ComparisonTable(result.Measurements).Of(result.Comparisons), $"How fast it is, {result.Tenants} tenants");
        return report
            .Note(
                "create: from a server without the tenants to empty tables for all of them. One after the other, over one connection where one will do.",
                "CREATE DATABASE copies an empty template, on a throwaway server by files (STRATEGY FILE_COPY), the cheaper way where nothing waits for the "
                + "disk; elsewhere by the write-ahead log (WAL_LOG, the default).",
                "add column: one later migration, ALTER TABLE .. ADD COLUMN for all tenants, one after the other; the median of three.",
                "pg_class, disk: relations and size while the tables are empty; the system catalog of each database counts.",
                "connections needed: so that no request has to open one. A connection belongs to one database, so a database per tenant needs one for "
                + "each tenant and each app process.",
                "connections held: after every tenant was visited twice by one caller. memory: the server's processes behind them (PSS: "
                + "shared pages divided among those that share them); private: the part that is theirs alone, mostly what they cache of the catalog. "
                + "A dash where it cannot be read.")
            .Note(
                results.Exists(result => result.Tenants > result.ConnectionLimit)
                    ? [$"More databases than connections: the app may hold {results[0].ConnectionLimit}, and the one opened first is closed first. "
                        + "A visit in turn then has to open a connection first, which knows nothing of the catalog yet. Traffic that returns to the same few "
                        + "tenants would find more of them open."]
                    : [])
            .Note(
                "Each call asks the next tenant, so that no cache holds one tenant alone. Every tenant has 200 invoices at the start. "
                + "The database and the schema are asked in hand-coded ADO.NET, which has less to do than this library's mapping.",
                "A schema per tenant sets search_path in the batch of the query. It is one round trip too, but PostgreSQL plans a prepared statement again "
                + "whenever the path has changed.",
                "The server's autovacuum goes round all databases in autovacuum_naptime. With hundreds of databases it is hardly ever idle, "
                + "and all ways feel it.",
                "The tenants of each size are set up, measured and dropped before the next: compare the ways at one size, and sizes only roughly.",
                "All strategies gave the same rows for every tenant before anything was timed.")
            .Note(ComparisonTable.Legend)
            .AddChart("", "Time to add a column for all tenants, over the number of tenants", StrategiesTables.Chart(
                "One more column for all tenants", "ms", results, (result, index) => result.Footprints[index].Footprint.AddColumn.TotalMilliseconds))
            .AddChart("-create", "Time to create the tables of all tenants, over the number of tenants", StrategiesTables.Chart(
                "Tables for all tenants", "ms", results, (result, index) => result.Footprints[index].Footprint.Create.TotalMilliseconds))
            .AddChart("-list", "Median time of a list, over the number of tenants", StrategiesTables.Chart(
                "Newest 50 of one tenant after the other, median", "us", results,
                (result, index) => result.Measurements.Median(result.Comparisons[0].Cases[index + 1]) / 1000));
    }
}
