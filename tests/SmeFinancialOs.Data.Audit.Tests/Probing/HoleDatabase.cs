using SmeFinancialOs.Data.Audit.Probing;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>A clean schema of a few tables, with roles of its own. A hole is planted in the very transaction that the probe runs in.</summary>
public class HoleDatabase : IAsyncLifetime
{
    private SchemaRoles _roles = new();

    public string ConnectionString { get; private set; } = "";

    protected virtual bool IsSealed => false;

    internal IsolationProbeOptions Options => _roles.ToProbeOptions();

    public async ValueTask InitializeAsync()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        _roles = TestRoles.New(server);
        ConnectionString = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(ConnectionString, new SchemaMigratorOptions { Roles = _roles, Seal = IsSealed }).MigrateAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(ConnectionString, Sql.Cancel);
        await connection.RunAsync(Named("""
            SET ROLE $owner;
            CREATE TABLE items (org_id uuid NOT NULL REFERENCES organizations, id uuid NOT NULL, code text, PRIMARY KEY (org_id, id));
            CREATE TABLE notes (org_id uuid NOT NULL REFERENCES organizations, id int NOT NULL, item uuid, text text NOT NULL, PRIMARY KEY (org_id, id));
            CREATE TABLE events (org_id uuid NOT NULL REFERENCES organizations, at date NOT NULL, PRIMARY KEY (org_id, at)) PARTITION BY RANGE (at);
            CREATE TABLE events_26 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            SELECT app.protect_table(t::regclass) FROM unnest('{items,notes,events}'::text[]) t;
            """));
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal async Task<IsolationReport> ProbeAsync(string hole, IsolationProbeOptions? options = null)
    {
        await using var connection = await Sql.OpenAsync(ConnectionString, Sql.Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Sql.Cancel);
        await connection.RunAsync(Named(hole));
        return await ProbeRun.RunAsync(new ProbeSession(connection, Sql.Cancel), options ?? Options, null);
    }

    internal string Named(string text) => text
        .Replace("$owner", _roles.Owner, StringComparison.Ordinal).Replace("$tenant", _roles.Tenant, StringComparison.Ordinal)
        .Replace("$demo", _roles.Demo, StringComparison.Ordinal)
        .Replace("$admin", _roles.Admin, StringComparison.Ordinal).Replace("$app", _roles.AppLogin, StringComparison.Ordinal);
}
