using Npgsql;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Tenants;

/// <summary>Notes that say who changed them and belong to their author, with users of each type.</summary>
public class NotesDatabase : IAsyncLifetime
{
    private const string Tables = """
        SET ROLE app_owner;
        BEGIN;
        CREATE TABLE public.notes (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id) ON DELETE CASCADE, gone int,
            id int NOT NULL, body text NOT NULL, size int GENERATED ALWAYS AS (length(body)) STORED, author text DEFAULT app.current_user_id(), changed_by text,
            PRIMARY KEY (org_id, id));
        ALTER TABLE public.notes DROP COLUMN gone;
        CREATE INDEX notes_of_author ON public.notes (org_id, author);
        CREATE TABLE public.tasks (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id) ON DELETE CASCADE,
            id int NOT NULL, by_uuid uuid, by_bigint bigint, by_varchar varchar(40), by_text text NOT NULL, PRIMARY KEY (org_id, id));
        SELECT app.protect_table('public.notes'), app.protect_table('public.tasks'), app.track_changes_by('public.notes'),
            app.restrict_to_owner('public.notes', 'author', '{boss}'), app.restrict_to_owner('public.notes', 'author', '{boss,"a''b,}{"}'),
            app.track_changes_by('public.tasks', 'by_text');
        COMMIT;
        """;

    private static readonly Func<string, CancellationToken, Task> Migration = async (database, cancel) =>
    {
        await using var superuser = new NpgsqlConnection(database);
        await superuser.OpenAsync(cancel);
        await superuser.RunAsync(Tables);
    };

    private NpgsqlDataSource _app = null!;
    private NpgsqlDataSource _admins = null!;

    public TenantDatabase Database { get; private set; } = null!;

    public TenantConnectionFactory Factory { get; private set; } = null!;

    protected virtual bool IsSealed => false;

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        var server = await TestServer.StartAsync(cancel);
        Database = await server.CreateTenantDatabaseAsync(new() { Seal = IsSealed, Guard = IsSealed, MigrateAsync = Migration }, cancel);
        _app = new NpgsqlDataSourceBuilder(Database.AppConnectionString).UseTenantDefaults().Build();
        _admins = new NpgsqlDataSourceBuilder(Database.AdminConnectionString).UseTenantDefaults().Build();
        Factory = new(_app, new() { AdminDataSource = _admins, SealKey = Database.SealKey });
        await using var superuser = await OpenAsSuperuserAsync();
        await superuser.RunAsync($"INSERT INTO organizations (id, name, slug) VALUES ('{Seed.A}', 'A', 'a'), ('{Seed.B}', 'B', 'b')");
    }

    public async Task<NpgsqlConnection> OpenAsSuperuserAsync()
    {
        var connection = new NpgsqlConnection(Database.SuperuserConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _admins.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class SealedNotesDatabase : NotesDatabase
{
    protected override bool IsSealed => true;
}
