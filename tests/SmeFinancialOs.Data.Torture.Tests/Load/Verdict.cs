using System.Diagnostics;
using Npgsql;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>What is in the database at the end, against what the clients were told; and whether the pools are as good as new.</summary>
internal sealed class Verdict(TortureDatabase database, Pools pools, Ledger ledger, Report report)
{
    public async Task RunAsync(NpgsqlConnection superuser)
    {
        await PoolAsync("app", pools.App);
        await PoolAsync("serializable", pools.Serializable);
        await PoolAsync("admin", pools.Admin);
        await NothingIsOpenAsync(superuser);
        await WritesAsync(superuser);
        await TotalsAsync(superuser);
        foreach (var tenant in database.Tenants)
            await TenantAsync(superuser, tenant);
    }

    private async Task PoolAsync(string name, NpgsqlDataSource source)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            // What leaked goes back to its pool some time after it was collected.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var had = await CountAsync(source);
            if (had == Pools.Size)
                return;
            if (limit.Elapsed < TimeSpan.FromSeconds(30))
                continue;
            report.Find($"LOSS of the {Pools.Size} connections of pool {name} only {had} can be had");
            return;
        }
    }

    /// <summary>How many can be had at once.</summary>
    private static async Task<int> CountAsync(NpgsqlDataSource source)
    {
        var all = new List<NpgsqlConnection>();
        try
        {
            while (all.Count < Pools.Size)
            {
                all.Add(await source.OpenConnectionAsync());
                await all[^1].RunAsync("SELECT 1");
            }

            return all.Count;
        }
        catch (NpgsqlException)
        {
            // No more of them; or one that the server has ended, which is out of the pool now.
            return Math.Max(0, all.Count - 1);
        }
        finally
        {
            foreach (var connection in all)
                await connection.DisposeAsync();
        }
    }

    private async Task NothingIsOpenAsync(NpgsqlConnection superuser)
    {
        foreach (var left in await superuser.ReadAsync("SELECT format('%s %s: %s', usename, state, query) FROM pg_stat_activity WHERE usename "
            + "IN ('app_user', 'admin_user') AND xact_start IS NOT NULL"))
            report.Find("LOSS a transaction is still open: " + left);
    }

    private async Task WritesAsync(NpgsqlConnection superuser)
    {
        var found = new Dictionary<Guid, List<(short Account, long Amount)>>();
        await using (var command = new NpgsqlCommand("SELECT org_id, write_id, writer, account, amount FROM entries WHERE org_id <> app.demo_org_id() "
            + "ORDER BY write_id, part", superuser))
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                var (organization, id, writer) = (rows.GetGuid(0), rows.GetGuid(1), rows.GetGuid(2));
                if (ledger.Find(id) is not { } write)
                    report.Find($"LEAK {organization} has a row of write {id}, which nobody made");
                else if (write.Organization != organization || writer != organization)
                    report.Find($"LEAK {organization} has a row of write {id}, which {write.Organization} made");
                if (!found.TryGetValue(id, out var parts))
                    found[id] = parts = [];
                parts.Add((rows.GetInt16(3), rows.GetInt64(4)));
            }
        }

        foreach (var write in ledger.Writes)
        {
            var isThere = found.TryGetValue(write.Id, out var parts);
            if (isThere && !parts!.SequenceEqual(write.Parts))
                report.Find($"LOSS write {write.Id} is there in part");
            if (write.Outcome == Outcome.Acknowledged && !isThere)
                report.Find($"LOSS write {write.Id} was acknowledged and is not there");
            if (write.Outcome == Outcome.RolledBack && isThere)
                report.Find($"LOSS write {write.Id} was rolled back and is there");
        }
    }

    private async Task TotalsAsync(NpgsqlConnection superuser)
    {
        const string Sql = """
            SELECT format('%s account %s: %s, its entries say %s', a.org_id, a.id, a.balance, coalesce(e.amount, 0)) FROM accounts a
            LEFT JOIN (SELECT org_id, account, sum(amount) AS amount FROM entries GROUP BY 1, 2) e ON e.org_id = a.org_id AND e.account = a.id
            WHERE a.balance <> coalesce(e.amount, 0)
            """;
        foreach (var difference in await superuser.ReadAsync(Sql))
            report.Find("LOSS " + difference);
        var demo = await superuser.ScalarAsync<long>("SELECT count(*) FROM entries WHERE org_id = app.demo_org_id() AND writer = org_id");
        if (demo != 50)
            report.Find($"LEAK the demo has {demo} entries of its own instead of 50");
    }

    private async Task TenantAsync(NpgsqlConnection superuser, TenantContext tenant)
    {
        var truth = await superuser.ScalarAsync<long>($"SELECT count(*) FROM entries WHERE org_id = '{tenant.OrganizationId}'");
        var seen = await pools.Factory.CreateSession(tenant).ExecuteScalarAsync<long>("SELECT count(*) FROM entries");
        if (seen != truth)
            report.Find($"LOSS {tenant} sees {seen} of its {truth} entries");
    }
}
