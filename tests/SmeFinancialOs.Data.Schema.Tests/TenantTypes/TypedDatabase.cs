using Npgsql;
using SmeFinancialOs.Data.Schema.Tests.Upgrading;

namespace SmeFinancialOs.Data.Schema.Tests.TenantTypes;

/// <summary>
/// A database whose tenant ids are of one type, with a table of tenants of the host's own, public.accounts, and three tenants. Ids of type text differ in case
/// and in a blank at the end.
/// </summary>
internal sealed class TypedDatabase
{
    private static readonly DatabaseTemplates<(TenantIdType Type, bool IsGuarded, bool IsSealed)> Templates =
        new(form => MigrateAsync(form.Type, form.IsGuarded, form.IsSealed));

    private TypedDatabase(string connectionString, TenantIdType type, bool isGuarded, bool isSealed)
    {
        (ConnectionString, Type, IsGuarded, IsSealed) = (connectionString, type, isGuarded, isSealed);
        (A, B, Demo) = type switch
        {
            TenantIdType.Bigint => ("1", "2", "3"),
            TenantIdType.Text => ("acme", "ACME", "acme "),
            _ => (MigratedDatabase.A, MigratedDatabase.B, MigratedDatabase.Demo),
        };
    }

    public string ConnectionString { get; }

    public TenantIdType Type { get; }

    public bool IsGuarded { get; }

    public bool IsSealed { get; }

    public string A { get; }

    public string B { get; }

    public string Demo { get; }

    public string TypeName => Type.ToString().ToLowerInvariant();

    /// <summary>Each type, with the guard and the seal on or off.</summary>
    public static TheoryData<TenantIdType, bool, bool> Forms => new(
        from type in Enum.GetValues<TenantIdType>()
        from isGuarded in new[] { false, true }
        from isSealed in new[] { false, true }
        select (type, isGuarded, isSealed));

    /// <summary>A copy of the one that is migrated once for each form.</summary>
    public static async Task<TypedDatabase> CreateAsync(TenantIdType type, bool isGuarded = false, bool isSealed = false) =>
        new(await Templates.CopyAsync((type, isGuarded, isSealed)), type, isGuarded, isSealed);

    public Task<NpgsqlConnection> OpenAsync() => Sql.OpenAsync(ConnectionString, Sql.Cancel);

    /// <summary>The app's login with a role and a tenant, and a token where contexts are sealed.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string role, string? tenant)
    {
        var connection = await Sql.OpenAsync(ConnectionString.As(role == "admin_role" ? "admin_user" : "app_user"), Sql.Cancel);
        if (IsSealed)
        {
            await using var superuser = await OpenAsync();
            var kind = role switch { "tenant_role" => 't', "demo_role" => 'd', _ => 'a' };
            var token = await superuser.ScalarAsync<string>(SealForm.Identity.Sql(kind, tenant, null));
            await connection.RunAsync($"SELECT set_config('app.context_token', '{token}', false)");
        }

        await connection.RunAsync($"SELECT set_config('app.current_org_id', '{tenant}', false), set_config('app.current_user_id', '', false); SET ROLE {role}");
        return connection;
    }

    /// <summary>Makes a table with the tenant column "tenant", with an index, protects it, and gives each tenant two rows.</summary>
    public async Task ProtectAsync(string table, string columnType, string setup = "")
    {
        await using var superuser = await OpenAsync();
        await superuser.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE app_owner;
            {setup};
            CREATE TABLE {table} (tenant {columnType} NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE, id int, note text, PRIMARY KEY (tenant, id));
            SELECT app.protect_table('{table}', 'tenant');
            COMMIT;
            INSERT INTO {table} SELECT v.tenant, n, 'note' FROM (VALUES ('{A}'), ('{B}'), ('{Demo}')) AS t (text)
                CROSS JOIN LATERAL (SELECT t.text::{columnType}) AS v (tenant) CROSS JOIN generate_series(1, 2) n
            """);
    }

    public async Task ShouldSatisfyTheGuardAsync()
    {
        await using var superuser = await OpenAsync();
        if (IsGuarded)
            (await superuser.ListAsync<string>("SELECT object || ': ' || fault FROM app_guard.faults()")).Should().BeEmpty();
        (await superuser.ListAsync<string>("SELECT fault FROM app.protected_tables t CROSS JOIN LATERAL app.protection_faults(t.relation)")).Should().BeEmpty();
    }

    private static async Task<string> MigrateAsync(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = new TypedDatabase(await server.CreateEmptyDatabaseAsync(Sql.Cancel), type, isGuarded, isSealed);
        await new SchemaMigrator(database.ConnectionString, new() { TenantType = type, Invoicing = false, Guard = isGuarded, Seal = isSealed })
            .MigrateAsync(Sql.Cancel);
        if (isSealed)
            await new ContextSealKeys(database.ConnectionString).AddAsync(Sql.Cancel);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.accounts (id {database.TypeName} PRIMARY KEY, name text);
            SELECT app.use_tenants('public.accounts', 'id');
            COMMIT;
            INSERT INTO public.accounts VALUES ('{database.A}', 'a'), ('{database.B}', 'b'), ('{database.Demo}', 'demo')
            """);
        return database.ConnectionString;
    }
}
