using System.Collections.Concurrent;
using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>Makes the rows that are inserted, and takes them away again so that the other queries always see the same tables.</summary>
internal sealed class InsertedRows(string superuserConnectionString, Guid organizationId)
{
    private readonly ConcurrentBag<Guid> _ids = [];
    private int _count;

    public NewRow Next()
    {
        var row = new NewRow(
            organizationId, Guid.NewGuid(), $"BENCH-{Interlocked.Increment(ref _count):D7}", 129_900, "Sanford, Kling and Hoeger", "sent",
            new DateOnly(2025, 3, 1 + (_count % 31)));
        _ids.Add(row.Id);
        return row;
    }

    public async Task RemoveAsync()
    {
        await using var owner = new NpgsqlConnection(superuserConnectionString);
        await owner.OpenAsync();
        foreach (var schema in TableSets.All)
        {
            await using var delete = new NpgsqlCommand($"DELETE FROM {schema}.invoices WHERE org_id = $1 AND id = ANY ($2)", owner);
            delete.Parameters.AddWithValue(organizationId);
            delete.Parameters.AddWithValue(_ids.ToArray());
            await delete.ExecuteNonQueryAsync();
            await using var vacuum = new NpgsqlCommand($"VACUUM (INDEX_CLEANUP ON) {schema}.invoices", owner);
            await vacuum.ExecuteNonQueryAsync();
        }

        _ids.Clear();
    }
}
