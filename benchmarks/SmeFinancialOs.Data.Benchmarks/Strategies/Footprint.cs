namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>What a strategy takes before and beside the queries.</summary>
/// <param name="Create">Empty tables for all tenants.</param>
/// <param name="AddColumn">One more column for all tenants.</param>
/// <param name="Catalog">The tables while they are empty.</param>
/// <param name="ConnectionsNeeded">So that no request has to open one.</param>
/// <param name="Backends">After every tenant was visited twice.</param>
internal sealed record Footprint(TimeSpan Create, TimeSpan AddColumn, CatalogSize Catalog, int ConnectionsNeeded, Backends Backends);
