using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;
using SmeFinancialOs.Data.Audit.Proving;
using SmeFinancialOs.Data.Audit.Rules;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>A migrated database with roles of its own and one more protected table. A fault is planted in a transaction that ends with the test.</summary>
public class AuditDatabase : IAsyncLifetime
{
    private SchemaRoles _roles = new();

    public string ConnectionString { get; private set; } = "";

    protected virtual bool IsSealed => false;

    internal SchemaAuditOptions Options => _roles.ToAuditOptions();

    public async ValueTask InitializeAsync()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        _roles = TestRoles.New(server);
        ConnectionString = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(ConnectionString, new SchemaMigratorOptions { Roles = _roles, Seal = IsSealed }).MigrateAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(ConnectionString, Sql.Cancel);
        await connection.RunAsync(Named("""
            SET ROLE $owner;
            CREATE TABLE public.items (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id uuid NOT NULL, code text,
                PRIMARY KEY (org_id, id));
            SELECT app.protect_table('public.items');
            """));
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>$app, $tenant and so on are the names of this database's roles.</summary>
    internal string Named(string text) => text
        .Replace("$owner", _roles.Owner, StringComparison.Ordinal).Replace("$tenant", _roles.Tenant, StringComparison.Ordinal)
        .Replace("$demo", _roles.Demo, StringComparison.Ordinal).Replace("$admin", _roles.Admin, StringComparison.Ordinal)
        .Replace("$sealer", _roles.Sealer, StringComparison.Ordinal).Replace("$app", _roles.AppLogin, StringComparison.Ordinal)
        .Replace("$adm", _roles.AdminLogin, StringComparison.Ordinal)
        .Replace("$database", ConnectionString.DatabaseName(), StringComparison.Ordinal);

    internal IsolationProbeOptions ProofOptions => new()
    {
        AppLogins = Options.AppLogins,
        TenantRoles = Options.TenantRoles,
        AdminLogins = Options.AdminLogins,
        AdminRoles = Options.AdminRoles,
        DemoRoles = [_roles.Demo],
    };

    /// <summary>In the transaction that the connection is in.</summary>
    internal async Task<IReadOnlyDictionary<SchemaFix, ProofResult>> ProveAsync(NpgsqlConnection connection, IReadOnlyList<SchemaFix> fixes)
    {
        await connection.RunAsync("SET LOCAL search_path TO DEFAULT");
        var round = await ProofRound.PrepareAsync(new ProbeSession(connection, Sql.Cancel), ProofOptions, []);
        return await round.RunAsync(fixes, null);
    }

    internal static async Task<AuditReport> AuditAsync(NpgsqlConnection connection, SchemaAuditOptions options)
    {
        var snapshot = await CatalogReader.ReadInTransactionAsync(connection, options, Sql.Cancel);
        return RuleRunner.Run(new DatabaseModel(snapshot, options), options);
    }
}
