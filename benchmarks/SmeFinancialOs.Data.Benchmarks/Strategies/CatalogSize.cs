using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>What the tables take before there is a row in them.</summary>
/// <param name="Relations">Rows of pg_class: tables, indexes and the catalog itself.</param>
/// <param name="Bytes">On disk.</param>
internal sealed record CatalogSize(long Relations, long Bytes)
{
    public static async Task<CatalogSize> ReadAsync(string superuserConnectionString, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(superuserConnectionString);
        return new CatalogSize(
            await owner.ReadAsync<long>("SELECT count(*) FROM pg_class", cancellationToken),
            await owner.ReadAsync<long>("SELECT pg_database_size(current_database())", cancellationToken));
    }
}
