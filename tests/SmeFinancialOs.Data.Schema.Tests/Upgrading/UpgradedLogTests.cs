using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>The log of admin contexts: a grant, or a function or view of its owner's, opened it in versions 9 and 10.</summary>
public sealed class UpgradedLogTests
{
    private const string Entry = "INSERT INTO app.admin_access_log (actor, reason, read_only) VALUES ('mallory', 'none', true)";

    /// <summary>What a careless migration brings, as the owner: {0} is the tenants' role. What it opens is a statement that shows or changes entries.</summary>
    private static readonly (string Setup, string Attack)[] Openings =
    [
        ("GRANT SELECT ON app.admin_access_log TO {0}", "SELECT actor FROM app.admin_access_log"),
        ("GRANT SELECT (actor) ON app.admin_access_log TO PUBLIC", "SELECT actor FROM app.admin_access_log"),
        ("GRANT INSERT ON app.admin_access_log TO {0}; GRANT SELECT ON app.admin_access_log TO {0}", Entry + " RETURNING actor"),
        ("GRANT SELECT, UPDATE ON app.admin_access_log TO {0}", "UPDATE app.admin_access_log SET reason = 'another' RETURNING actor"),
        ("GRANT SELECT, DELETE ON app.admin_access_log TO {0}", "DELETE FROM app.admin_access_log RETURNING actor"),
        (Definer("SETOF text", "SELECT actor FROM app.admin_access_log"), "SELECT public.opened()"),
        (Definer("SETOF text", "DELETE FROM app.admin_access_log RETURNING actor"), "SELECT public.opened()"),
        (Definer("SETOF text", "UPDATE app.admin_access_log SET actor = 'bob' RETURNING actor"), "SELECT public.opened()"),
        (Definer("SETOF text", Entry + " RETURNING actor"), "SELECT public.opened()"),
        ("CREATE VIEW public.opened AS SELECT actor FROM app.admin_access_log; GRANT SELECT ON public.opened TO {0}", "SELECT actor FROM public.opened"),
    ];

    public static TheoryData<string> Forms => ["plain", "sealed", "renamed", "version 10", "version 10, sealed"];

    public static TheoryData<string> AllForms => OldVersion.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_grant_or_a_function_of_the_owner_opened_the_log_and_does_not_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync(Entry.Replace("mallory", "ann"));
        foreach (var opening in Openings)
            (await AnswerAsync(database, opening)).Should().NotBeEmpty($"an older version allowed {opening.Attack}");
        var before = await superuser.ScalarAsync<string>("SELECT string_agg(l::text, '|') FROM app.admin_access_log l");

        await database.UpgradeAsync();

        foreach (var opening in Openings)
            (await AnswerAsync(database, opening)).Should().BeEmpty(opening.Attack);
        (await superuser.ScalarAsync<string>("SELECT string_agg(l::text, '|') FROM app.admin_access_log l")).Should().Be(before);
    }

    [Theory]
    [MemberData(nameof(AllForms))]
    public async Task A_role_that_reads_or_writes_all_data_reached_the_log_and_does_not_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        var login = (await TestServer.GetSharedAsync(Sql.Cancel)).NewRoleName("stranger");
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"CREATE ROLE {login} LOGIN; GRANT pg_read_all_data, pg_write_all_data TO {login}; {Entry.Replace("mallory", "ann")}");
        await using var stranger = await Sql.OpenAsync(database.ConnectionString.As(login), Sql.Cancel);
        (await stranger.ListAsync<string>("SELECT actor FROM app.admin_access_log")).Should().Equal(["ann"], "an older version allowed it");
        (await stranger.RunAsync($"BEGIN; DELETE FROM app.admin_access_log")).Should().Be(1, "an older version allowed it");
        await stranger.RunAsync("ROLLBACK");

        await database.UpgradeAsync();

        (await stranger.ListAsync<string>("SELECT actor FROM app.admin_access_log")).Should().BeEmpty();
        (await stranger.RunAsync("UPDATE app.admin_access_log SET actor = 'bob'")).Should().Be(0);
        (await stranger.RunAsync("DELETE FROM app.admin_access_log")).Should().Be(0);
        (await stranger.RefusalAsync(Entry)).SqlState.Should().Be("42501");
        await stranger.RunAsync($"ANALYZE; SELECT FROM app.admin_access_log");
        (await stranger.CountAsync("pg_stats WHERE tablename = 'admin_access_log'")).Should().Be(0);
        (await superuser.CountAsync("app.admin_access_log WHERE actor = 'ann'")).Should().Be(1);
    }

    /// <summary>Nothing of ours complains, and admins go on.</summary>
    [Theory]
    [MemberData(nameof(AllForms))]
    public async Task Admins_read_and_add_and_audit_and_guard_are_clean(string form)
    {
        var database = await OldVersion.InstallUpgradedAsync(form);
        await using var admin = await database.OpenAsync(database.Roles.Admin, null, "mallory");
        (await admin.RunAsync(Entry)).Should().Be(1);
        (await admin.ListAsync<string>("SELECT actor FROM app.admin_access_log")).Should().Equal("mallory");
        (await admin.ListAsync<string>($"SELECT table_name FROM app.delete_tenant('{MigratedDatabase.A}')")).Should().Contain("public.invoices");
        (await new SchemaAudit(database.ConnectionString, database.Roles.ToAuditOptions()).RunAsync(Sql.Cancel)).Findings
            .Where(finding => finding.ObjectName.Contains("admin_access_log")).Should().BeEmpty();
        await using var superuser = await database.OpenAsync();
        if (database.IsGuarded)
            (await superuser.ListAsync<string>("SELECT object || fault FROM app_guard.faults()")).Should().BeEmpty();
    }

    /// <summary>The name is part of what is signed, also where the seal is older than that.</summary>
    [Theory]
    [InlineData("sealed", true)]
    [InlineData("guarded and sealed", true)]
    [InlineData("renamed, guarded and sealed", true)]
    [InlineData("version 10, sealed", true)]
    [InlineData("version 10, renamed, guarded and sealed", true)]
    [InlineData("version 10, sealed", false)] // an upgrade that does not ask for the seal
    [InlineData("guarded and sealed", false)]
    public async Task An_admin_entered_any_name_and_enters_its_own_alone_after_the_upgrade_of_a_sealed_database(string form, bool asksForSeal)
    {
        var database = await OldVersion.InstallAsync(form);
        await using var admin = await database.OpenAsync(database.Roles.Admin, null, "ann");
        await using var older = await database.OpenAsync(database.Roles.Admin, null);
        (await admin.RunAsync(Entry)).Should().Be(1, "an older version allowed it");

        await database.MigrateAsync(asksForGuard: asksForSeal, asksForSeal);
        foreach (var session in new[] { admin, older })
        {
            var refusal = await session.RefusalAsync(Entry.Replace("mallory", "ann"));
            (refusal.SqlState, refusal.MessageText).Should().Be(("28000", "the sealed context is not valid: no key that is in force has signed it"));
        }

        await database.SignAgainAsync();
        (await admin.RefusalAsync(Entry)).SqlState.Should().Be("42501");
        (await admin.RunAsync(Entry.Replace("mallory", "ann"))).Should().Be(1);
        (await admin.CountAsync("public.organizations")).Should().Be(3);
        await admin.RunAsync("SELECT set_config('app.current_user_id', 'mallory', false)");
        (await admin.RefusalAsync(Entry)).MessageText.Should().Be("the sealed context is one of another tenant, user or user's roles");
        (await older.RefusalAsync(Entry)).SqlState.Should().Be("42501", "a context without an actor enters no name");
        await older.RunAsync("SELECT set_config('app.context_token', '', false)");
        (await older.RefusalAsync(Entry)).SqlState.Should().Be("42501");
    }

    /// <summary>Sealed later: nothing has to be done for the log.</summary>
    [Fact]
    public async Task A_database_that_is_sealed_later_asks_for_the_name_from_then_on()
    {
        var database = await MigratedCopy.CreateAsync();
        await using var admin = await Sql.OpenAsync(database.As("admin_user"), Sql.Cancel);
        await admin.RunAsync("SET ROLE admin_role");
        (await admin.RunAsync(Entry)).Should().Be(1);
        await new ContextSealKeys(database).AddAsync(Sql.Cancel);
        await new SchemaMigrator(database, new() { Seal = true }).MigrateAsync(Sql.Cancel);
        (await admin.RefusalAsync(Entry)).SqlState.Should().Be("42501");
    }

    private static string Definer(string returns, string body) => $"""
        CREATE FUNCTION public.opened() RETURNS {returns} LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$ {body} $f$;
        GRANT EXECUTE ON FUNCTION public.opened() TO PUBLIC
        """;

    /// <summary>What the statement shows to a tenant, in a transaction that is rolled back; nothing where it is refused.</summary>
    private static async Task<List<string>> AnswerAsync(OldVersion database, (string Setup, string Attack) opening)
    {
        await using var connection = await database.OpenAsync();
        await connection.RunAsync($"BEGIN; SET LOCAL ROLE {database.Roles.Owner}; {opening.Setup.Replace("{0}", database.Roles.Tenant)}");
        await connection.RunAsync($"SET LOCAL SESSION AUTHORIZATION {database.Roles.AppLogin}; SET LOCAL ROLE {database.Roles.Tenant}");
        try
        {
            return await connection.ListAsync<string>(opening.Attack);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return [];
        }
    }
}
