using System.Text.Json;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Policies;

/// <summary>How the server runs a query that it has prepared and run a few times, so that its plan has settled.</summary>
/// <param name="Nodes">The scans, sorts and InitPlans in a few words.</param>
/// <param name="RowsRemoved">Rows that were read and thrown away by a filter.</param>
/// <param name="Pages">Pages of 8 kB that were looked at.</param>
internal sealed record QueryPlan(string Nodes, long RowsRemoved, long Pages)
{
    /// <summary>PostgreSQL compares the costs of the two kinds of plan for this many executions, then decides.</summary>
    private const int ExecutionsBeforeGenericPlan = 5;

    /// <param name="connectionString">Without automatic preparation: Npgsql would keep the first EXECUTE's columns for the next.</param>
    /// <param name="organization">Whose rows.</param>
    /// <param name="sql">The query.</param>
    /// <param name="needsOrganization">Whether it has the organization as its parameter.</param>
    public static async Task<QueryPlan> OfAsync(string connectionString, Guid organization, string sql, bool needsOrganization)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await HandWrittenCode.ApplySettingsAsync(connection, transaction, organization);
        var execute = needsOrganization ? $"EXECUTE form ('{organization}')" : "EXECUTE form";
        await ExecuteAsync($"PREPARE form {(needsOrganization ? "(uuid) " : "")}AS {sql}");
        for (var execution = 0; execution < ExecutionsBeforeGenericPlan; execution++)
            await ExecuteAsync(execute);
        using var plan = JsonDocument.Parse((string)(await ExecuteAsync($"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {execute}"))!);
        // A prepared statement outlives the transaction.
        await ExecuteAsync("DEALLOCATE form");
        var root = plan.RootElement[0].GetProperty("Plan");
        var nodes = NodesOf(root).ToList();
        return new QueryPlan(
            string.Join(", ", nodes.Select(Words).Where(words => words.Length > 0)),
            nodes.Sum(node => Number(node, "Rows Removed by Filter") * Number(node, "Actual Loops")),
            Number(root, "Shared Hit Blocks") + Number(root, "Shared Read Blocks"));

        async Task<object?> ExecuteAsync(string text)
        {
            await using var command = new NpgsqlCommand(text, connection, transaction);
            return await command.ExecuteScalarAsync();
        }
    }

    private static IEnumerable<JsonElement> NodesOf(JsonElement node) =>
        node.TryGetProperty("Plans", out var children) ? children.EnumerateArray().SelectMany(NodesOf).Prepend(node) : [node];

    private static string Words(JsonElement node) => (Text(node, "Node Type"), IsParallel(node), Text(node, "Parent Relationship")) switch
    {
        (_, _, "InitPlan") => "InitPlan",
        ("Limit" or "Aggregate", _, _) => "",
        (var type, true, _) => $"Parallel {type}",
        (var type, false, _) => Text(node, "Index Name") is { Length: > 0 } index ? $"{type} {index}" : type,
    };

    private static bool IsParallel(JsonElement node) => node.TryGetProperty("Parallel Aware", out var value) && value.GetBoolean();

    private static string Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetString()! : "";

    /// <summary>Some are whole numbers in one version and not in the next.</summary>
    private static long Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? (long)value.GetDouble() : 0;
}
