using System.Collections.Concurrent;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>
/// Databases that are made once in a test run, one for each key, and copied for each test: a migration takes seconds, a copy a tenth of one. Roles belong to
/// the server, so the copies of one template share those that it was made with.
/// </summary>
/// <param name="makeAsync">Makes the database of a key, and returns a connection string to it.</param>
internal sealed class DatabaseTemplates<TKey>(Func<TKey, Task<string>> makeAsync)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<Template>>> _templates = new();
    private int _copies;

    /// <summary>A superuser's connection string of a new copy.</summary>
    public async Task<string> CopyAsync(TKey key)
    {
        var template = await GetTemplateAsync(key);
        // The server object drops the databases whose names begin like its own.
        var name = $"{template.Name}_{Interlocked.Increment(ref _copies)}";
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        await superuser.RunAsync($"CREATE DATABASE {name} TEMPLATE {template.Name} STRATEGY {server.CopyStrategy}");
        await superuser.RunAsync(template.Privileges.Replace("{0}", name, StringComparison.Ordinal));
        return server.ConnectionString.WithDatabase(name);
    }

    private async Task<Template> GetTemplateAsync(TKey key)
    {
        try
        {
            return await _templates.GetOrAdd(key, k => new(() => CreateAsync(k))).Value;
        }
        catch
        {
            // The test that asked for it fails, and the next one tries again.
            _templates.TryRemove(key, out _);
            throw;
        }
    }

    private async Task<Template> CreateAsync(TKey key)
    {
        var name = (await makeAsync(key)).DatabaseName();
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel);
        // PostgreSQL copies no database that somebody is connected to.
        await superuser.RunAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await superuser.RunAsync($"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'");
        // Nor does it copy the privileges on the database itself.
        var privileges = await superuser.ScalarAsync<string>($$"""
            SELECT 'REVOKE ALL ON DATABASE {0} FROM PUBLIC;' || string_agg(
                format('GRANT %s ON DATABASE {0} TO %s%s;', a.privilege_type,
                       CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                       CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END), '')
            FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
            WHERE d.datname = '{{name}}'
            """);
        return new Template(name, privileges!);
    }

    private sealed record Template(string Name, string Privileges);
}
