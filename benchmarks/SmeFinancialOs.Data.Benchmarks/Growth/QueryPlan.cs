using System.Text.Json;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>What PostgreSQL did for a query, as EXPLAIN tells. It does not depend on how busy the machine is.</summary>
/// <param name="Buffers">Pages of 8 kB it touched, in its own cache or not.</param>
/// <param name="ReadBy">The index it found the rows by, or the whole table.</param>
internal sealed record QueryPlan(long Buffers, string ReadBy)
{
    /// <param name="superuserConnectionString">A superuser's.</param>
    /// <param name="sql">The query; what it calls @org is the organization.</param>
    /// <param name="organization">Whose rows.</param>
    /// <param name="isTenant">As tenant_role with the policies, or as somebody who is not bound by them.</param>
    public static async Task<QueryPlan> ReadAsync(string superuserConnectionString, string sql, Guid organization, bool isTenant)
    {
        await using var owner = new NpgsqlConnection(superuserConnectionString);
        await owner.OpenAsync();
        await using var transaction = await owner.BeginTransactionAsync();
        if (isTenant)
            await owner.RunAsync($"SELECT set_config('app.current_org_id', '{organization}', true), set_config('role', 'tenant_role', true)",
                Suite.StoppingToken);
        // By value: EXPLAIN takes no parameters.
        var json = await owner.ReadAsync<string>($"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql.Replace("@org", $"'{organization}'")}",
            Suite.StoppingToken);
        using var document = JsonDocument.Parse(json);
        var plan = document.RootElement[0].GetProperty("Plan");
        var buffers = plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
        return new QueryPlan(buffers, Nodes(plan).Select(Index).FirstOrDefault(index => index is not null) ?? "whole table");
    }

    private static IEnumerable<JsonElement> Nodes(JsonElement node) => node.TryGetProperty("Plans", out var children)
        ? [node, .. children.EnumerateArray().SelectMany(Nodes)]
        : [node];

    private static string? Index(JsonElement node) => node.TryGetProperty("Index Name", out var name) ? name.GetString() : null;
}
