using System.Collections.Concurrent;
using System.Data;
using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>
/// A database as version 9, 10 or 14 of the schema made it, with two organizations, the demo, a table of the host's and rows, in one of the forms that a host
/// may have turned on.
/// </summary>
internal sealed class OldVersion
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Folder, "tests", "SmeFinancialOs.Data.Schema.Tests", "Upgrading");

    /// <summary>What each template was made with: names of roles, and the key.</summary>
    private static readonly ConcurrentDictionary<string, OldVersion> Originals = new();

    private static readonly DatabaseTemplates<string> Templates = new(async form =>
    {
        var database = await MakeAsync(form);
        // Here, where nobody else alters the roles: the logins get passwords.
        foreach (var login in new[] { database.Roles.AppLogin, database.Roles.AdminLogin })
            _ = database.ConnectionString.As(login);
        Originals[form] = database;
        return database.ConnectionString;
    });

    private static readonly DatabaseTemplates<string> UpgradedTemplates = new(async form =>
    {
        var database = await InstallAsync(form);
        await database.UpgradeAsync();
        return database.ConnectionString;
    });

    private readonly List<(NpgsqlConnection Connection, string Role, string? Organization, string? Actor)> _sessions = [];

    private OldVersion(string connectionString, int number, SchemaRoles roles, bool isGuarded, bool isSealed) =>
        (ConnectionString, Number, Roles, IsGuarded, IsSealed) = (connectionString, number, roles, isGuarded, isSealed);

    private static readonly string[] Forms9And10 = ["plain", "guarded", "sealed", "guarded and sealed", "renamed", "renamed, guarded and sealed",
        "version 10", "version 10, guarded", "version 10, sealed", "version 10, guarded and sealed", "version 10, renamed, guarded and sealed"];

    private static readonly string[] Forms14 = ["version 14", "version 14, guarded", "version 14, sealed", "version 14, guarded and sealed",
        "version 14, renamed, guarded and sealed"];

    /// <summary>The forms of version 9, and of version 10.</summary>
    public static TheoryData<string> Forms => [.. TestPart.Of(Forms9And10)];

    /// <summary>Those, and the forms of version 14, which has what was changed since 9 and 10, and no registry of protected tables.</summary>
    public static TheoryData<string> AllForms => [.. TestPart.Of(Forms9And10.Concat(Forms14))];

    public string ConnectionString { get; }

    public int Number { get; }

    public SchemaRoles Roles { get; }

    public bool IsGuarded { get; }

    public bool IsSealed { get; }

    /// <summary>The key that the host signs with, as it was printed before the upgrade; null where contexts are not sealed.</summary>
    public string? Key { get; private set; }

    /// <summary>The scripts of that version, from its own commit.</summary>
    public static IReadOnlyList<SqlScript> Scripts(string folder = "", int number = 9) =>
        [.. Directory.GetFiles(Path.Combine(Folder, $"Version{number}", folder), "*.sql").Order(StringComparer.Ordinal)
            .Select(file => new SqlScript(Path.Combine(folder, Path.GetFileName(file)).Replace('\\', '/'), File.ReadAllText(file)))];

    /// <summary>A copy of the one that is made once for each form: copies of a form with renamed roles have the same roles.</summary>
    public static async Task<OldVersion> InstallAsync(string form) => CopyOf(form, await Templates.CopyAsync(form));

    /// <summary>A copy of one that was upgraded, for tests that look at nothing before the upgrade, nor at what it answers.</summary>
    public static async Task<OldVersion> InstallUpgradedAsync(string form) => CopyOf(form, await UpgradedTemplates.CopyAsync(form));

    /// <summary>One that shares no renamed role with another test, for tests that change the roles.</summary>
    public static async Task<OldVersion> MakeAsync(string form)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var roles = form.Contains("renamed") ? TestRoles.New(server) : new();
        var number = form.StartsWith("version ") ? int.Parse(form[8..10], System.Globalization.CultureInfo.InvariantCulture) : 9;
        var database = new OldVersion(await server.CreateEmptyDatabaseAsync(Sql.Cancel), number, roles, form.Contains("guarded"), form.Contains("sealed"));
        await database.RunAsync(Scripts("", number));
        if (database.IsGuarded)
            await database.RunAsync(Scripts("guard", number));
        if (database.IsSealed)
        {
            database.Key = await new ContextSealKeys(database.ConnectionString).AddAsync(Sql.Cancel);
            await database.RunAsync(Scripts("seal", number));
        }

        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE {database.Roles.Owner};
            CREATE TABLE public.orders (
                org_id uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE, id int, note text, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('public.orders');
            COMMIT;
            INSERT INTO organizations (id, name, slug)
                VALUES ('{MigratedDatabase.A}', 'A', 'a'), ('{MigratedDatabase.B}', 'B', 'b'), ('{MigratedDatabase.Demo}', 'Demo', 'demo');
            INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at)
                SELECT id, 'N' || n, 100, 'c', '2026-01-01' FROM organizations, generate_series(1, 20) n;
            INSERT INTO orders SELECT id, n, 'note' FROM organizations, generate_series(1, 5) n
            """);
        return database;
    }

    /// <summary>The upgrade; then the host is upgraded too, and signs the contexts of its sessions again.</summary>
    public async Task<SchemaMigrationResult> UpgradeAsync(bool asksForGuard = true, bool asksForSeal = true)
    {
        var result = await MigrateAsync(asksForGuard, asksForSeal);
        await SignAgainAsync();
        return result;
    }

    /// <summary>The upgrade of the database alone: sessions keep their tokens.</summary>
    public Task<SchemaMigrationResult> MigrateAsync(bool asksForGuard = true, bool asksForSeal = true) =>
        new SchemaMigrator(ConnectionString, new() { Roles = Roles, Guard = IsGuarded && asksForGuard, Seal = IsSealed && asksForSeal })
            .MigrateAsync(Sql.Cancel);

    /// <summary>The open sessions sign in the form that the database asks for now.</summary>
    public async Task SignAgainAsync()
    {
        foreach (var session in _sessions.Where(session => session.Connection.State == ConnectionState.Open))
            await SignAsync(session.Connection, session.Role, session.Organization, session.Actor);
    }

    public Task<NpgsqlConnection> OpenAsync() => Sql.OpenAsync(ConnectionString, Sql.Cancel);

    /// <summary>Everything that the host has stored.</summary>
    public async Task<string?> RowsAsync()
    {
        await using var superuser = await OpenAsync();
        return await superuser.ScalarAsync<string>("""
            SELECT md5(string_agg(r.text, '|' ORDER BY r.text))
            FROM (SELECT o::text FROM organizations o UNION ALL SELECT i::text FROM invoices i UNION ALL SELECT o::text FROM orders o) AS r (text)
            """);
    }

    /// <summary>
    /// A connection as a host's session has it: login, role, organization and, where contexts are sealed, a token. Without an actor, an admin's token is one of
    /// an older host.
    /// </summary>
    public async Task<NpgsqlConnection> OpenAsync(string role, string? organization, string? actor = null)
    {
        var connection = await Sql.OpenAsync(ConnectionString.As(role == Roles.Admin ? Roles.AdminLogin : Roles.AppLogin), Sql.Cancel);
        await SignAsync(connection, role, organization, actor);
        await connection.RunAsync($"SET ROLE {role}");
        _sessions.Add((connection, role, organization, actor));
        return connection;
    }

    private async Task SignAsync(NpgsqlConnection connection, string role, string? organization, string? actor)
    {
        await using var superuser = await OpenAsync();
        var form = await superuser.ScalarAsync<bool>("SELECT to_regclass('app_seal.identity') IS NOT NULL")
            ? SealForm.Identity
            : SealForm.Hmac;
        var token = !IsSealed ? "" : await superuser.ScalarAsync<string>(form.Sql(role == Roles.Admin ? 'a' : 't', organization, actor));
        await connection.RunAsync($"SELECT set_config('app.current_org_id', '{organization}', false), set_config('app.context_token', '{token}', false), "
            + $"set_config('app.current_user_id', '{(form == SealForm.Identity ? actor : "")}', false)");
    }

    private static OldVersion CopyOf(string form, string connectionString)
    {
        var original = Originals[form];
        return new OldVersion(connectionString, original.Number, original.Roles, original.IsGuarded, original.IsSealed) { Key = original.Key };
    }

    /// <summary>As the migrator of that version did: each script a transaction, and a journal without checksums.</summary>
    private async Task RunAsync(IReadOnlyList<SqlScript> scripts)
    {
        await using var superuser = await OpenAsync();
        foreach (var script in scripts)
        {
            var name = script.Contents.StartsWith("-- Run again when this text changes.") ? $"{script.Name}#0123456789ab" : script.Name;
            await superuser.RunAsync($"""
                BEGIN;
                {new RoleRenaming(Roles).Apply(script.Contents)};
                RESET ROLE;
                SET LOCAL ROLE {Roles.Owner};
                CREATE TABLE IF NOT EXISTS app.schema_migrations (scriptname text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now());
                REVOKE ALL ON TABLE app.schema_migrations FROM PUBLIC;
                INSERT INTO app.schema_migrations VALUES ('{name}');
                COMMIT
                """);
        }
    }
}
