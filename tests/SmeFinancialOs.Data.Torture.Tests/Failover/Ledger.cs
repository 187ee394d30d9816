using System.Collections.Concurrent;
using Npgsql;

namespace SmeFinancialOs.Data.Torture.Tests.Failover;

/// <summary>What became of each write as its writer was told, to be held against what is there.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<(Guid Tenant, Guid Id), Outcome> _writes = new();

    public enum Outcome
    {
        Acknowledged,
        Unknown,
        RolledBack,
    }

    public ICollection<Outcome> Outcomes => _writes.Values;

    public void Add(TenantContext tenant, Guid id, Outcome outcome) => _writes[(tenant.OrganizationId!.Value.ToGuid(), id)] = outcome;

    /// <summary>An acknowledged write is there, one that was rolled back is not, an unknown one may be, and none by halves or with another writer.</summary>
    public async Task CheckAsync(NpgsqlConnection server, Report report)
    {
        var found = await server.ReadAsync("SELECT org_id, id, count(*), bool_and(writer = org_id) FROM public.writes GROUP BY org_id, id");
        var there = found.Chunk(4).ToDictionary(row => (Guid.Parse(row[0]), Guid.Parse(row[1])), row => (Parts: row[2], IsOwn: row[3] == "t"));
        foreach (var (write, outcome) in _writes)
        {
            var isThere = there.Remove(write, out var rows);
            if (isThere && (rows.Parts != Cluster.Parts.ToString(System.Globalization.CultureInfo.InvariantCulture) || !rows.IsOwn))
                report.Find($"{outcome}, with {rows.Parts} parts of {Cluster.Parts}, own: {rows.IsOwn}: {write.Id}");
            if (!isThere && outcome == Outcome.Acknowledged)
                report.Losing(write.Id);
            if (isThere && outcome == Outcome.RolledBack)
                report.Find($"said to be rolled back, and there: {write.Id}");
        }

        foreach (var write in there.Keys)
            report.Find($"written by nobody: {write}");
    }
}
