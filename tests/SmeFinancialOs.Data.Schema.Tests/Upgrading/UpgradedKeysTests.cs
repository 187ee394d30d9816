using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>The keys of the seal: pg_read_all_data, pg_write_all_data and grants reached them in versions 9 and 10, and statistics kept them.</summary>
public sealed class UpgradedKeysTests
{
    private const string OldInUse = "app_seal.keys WHERE inner_pad IS NOT NULL";
    private const string InUse = "app_seal.keys WHERE key_block IS NOT NULL";
    private const string Statistics = """
        pg_statistic s JOIN pg_attribute a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
        WHERE s.starelid = 'app_seal.keys'::regclass AND a.atttypid = 'bytea'::regtype
        """;
    private const string Stats = "pg_stats WHERE schemaname = 'app_seal' AND attname IN ('inner_pad', 'outer_pad', 'key_block')";
    private const string OldAdd = "INSERT INTO app_seal.keys (id, inner_pad, outer_pad) VALUES ('00000000', decode(repeat('36', 64), 'hex'), "
        + "decode(repeat('5c', 64), 'hex'))";
    private const string Add = "INSERT INTO app_seal.keys (id, key_block) VALUES ('00000000', decode(repeat('36', 64), 'hex'))";

    public static TheoryData<string> Forms => OldVersion.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_role_that_reads_or_writes_all_data_reached_the_keys_and_does_not_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        await AddTwoKeysAsync(database);
        await using var reader = await StrangerAsync(database, "GRANT pg_read_all_data TO {0}");
        await using var writer = await StrangerAsync(database, "GRANT pg_read_all_data, pg_write_all_data TO {0}");
        await using var granted = await StrangerAsync(database, "GRANT USAGE ON SCHEMA app_seal TO {0}; GRANT ALL ON app_seal.keys TO {0}");
        await using var selector = await StrangerAsync(database, "GRANT USAGE ON SCHEMA app_seal TO {0}; GRANT SELECT (inner_pad) ON app_seal.keys TO {0}");
        NpgsqlConnection[] readers = [reader, writer, granted, selector];
        NpgsqlConnection[] writers = [writer, granted];
        foreach (var stranger in readers)
            (await stranger.CountAsync(OldInUse)).Should().BePositive("an older version allowed it");
        (await reader.CountAsync(Statistics)).Should().Be(2, "an older version allowed it");
        foreach (var stranger in writers)
            await stranger.RunAsync($"BEGIN; {OldAdd}; ROLLBACK");

        await database.UpgradeAsync();
        await AddTwoKeysAsync(database);

        foreach (var stranger in readers)
        {
            (await stranger.CountAsync(InUse)).Should().Be(0);
            (await stranger.RefusalAsync($"SET row_security = off; SELECT {(stranger == selector ? "key_block" : "*")} FROM "
                + "app_seal.keys")).SqlState.Should().Be("42501");
            await stranger.RunAsync("RESET row_security");
        }

        (await reader.CountAsync(Statistics)).Should().Be(0);
        foreach (var stranger in writers)
        {
            (await stranger.RefusalAsync(Add)).SqlState.Should().Be("42501");
            (await stranger.RunAsync("UPDATE app_seal.keys SET retired_at = NULL, key_block = ''")).Should().Be(0);
            (await stranger.RunAsync("DELETE FROM app_seal.keys")).Should().Be(0);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Statistics_kept_a_key_that_was_retired_and_keep_none_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        var keys = await AddTwoKeysAsync(database);
        await new ContextSealKeys(database.ConnectionString).RetireAsync(keys[0][..8], Sql.Cancel);
        await using var superuser = await database.OpenAsync();
        (await superuser.CountAsync(Statistics)).Should().Be(2, "an older version kept them");
        (await superuser.ScalarAsync<string>($"SELECT string_agg(concat(most_common_vals, histogram_bounds), '') FROM {Stats}"))
            .Should().Contain(Convert.ToHexStringLower(Pad(keys[0])), "an older version kept it");

        await database.UpgradeAsync();
        await NoneAsync();
        keys = await AddTwoKeysAsync(database);
        await NoneAsync();
        await superuser.RunAsync("ANALYZE app_seal.keys");
        await superuser.RunAsync("ANALYZE");
        await NoneAsync();
        await new ContextSealKeys(database.ConnectionString).RetireAsync(keys[0][..8], Sql.Cancel);
        await superuser.RunAsync("SET default_statistics_target = 10000");
        await superuser.RunAsync("VACUUM FULL ANALYZE app_seal.keys");
        await NoneAsync();

        async Task NoneAsync()
        {
            (await superuser.CountAsync(Statistics)).Should().Be(0);
            (await superuser.CountAsync(Stats)).Should().Be(0);
        }
    }

    /// <summary>
    /// The host's key is the same text, and signs in the new form; what was signed in the old one is refused. Asked for again or not, the seal is the new one.
    /// </summary>
    [Theory]
    [InlineData("sealed", true)]
    [InlineData("sealed", false)]
    [InlineData("version 10, guarded and sealed", true)]
    [InlineData("version 10, guarded and sealed", false)]
    [InlineData("version 14, sealed", true)]
    [InlineData("version 14, guarded and sealed", false)]
    public async Task Keys_sign_in_the_new_form_after_the_upgrade_and_old_tokens_are_refused(string form, bool asksForSeal)
    {
        var database = await OldVersion.InstallAsync(form);
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        await using var admin = await database.OpenAsync(database.Roles.Admin, null, "ann");
        await using var superuser = await database.OpenAsync();
        (await tenant.CountAsync("public.invoices")).Should().Be(20);

        (await database.MigrateAsync(asksForGuard: asksForSeal, asksForSeal)).Applied.Should().Contain("seal/sealed_context.sql");

        foreach (var session in new[] { tenant, admin })
        {
            foreach (var attack in new[] { "SELECT FROM public.invoices", "DELETE FROM public.invoices", "UPDATE public.organizations SET name = 'x'" })
            {
                var refusal = await session.RefusalAsync(attack);
                (refusal.SqlState, refusal.MessageText).Should().Be(("28000", "the sealed context is not valid: no key that is in force has signed it"));
                refusal.Hint.Should().NotBeNullOrEmpty();
            }
        }

        await database.SignAgainAsync();
        (await tenant.CountAsync("public.invoices")).Should().Be(20);
        (await admin.CountAsync("public.invoices")).Should().Be(60);
        await using (var dataSource = NpgsqlDataSource.Create(database.ConnectionString.As(database.Roles.AppLogin)))
        {
            var factory = new TenantConnectionFactory(dataSource, new() { SealKey = database.Key });
            var context = TenantContext.ForOrganization(Guid.Parse(MigratedDatabase.B)).As("bob", "clerk");
            await using var host = await factory.OpenConnectionAsync(context, Sql.Cancel);
            (await host.ExecuteScalarAsync<string>("SELECT concat(count(*), app.current_user_id(), app.current_roles()) FROM public.invoices",
                cancellationToken: Sql.Cancel)).Should().Be("20bob{clerk}");
            await host.CommitAsync(Sql.Cancel);
        }

        await tenant.RunAsync("SELECT set_config('app.context_token', left(t, 163) || CASE right(t, 1) WHEN '0' THEN '1' ELSE '0' END, false) "
            + "FROM current_setting('app.context_token') AS t");
        (await tenant.RefusalAsync("SELECT FROM public.invoices")).SqlState.Should().Be("28000");
        (await superuser.ListAsync<string>(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'app_seal.keys'::regclass AND attnum > 0 AND NOT attisdropped"))
            .Should().BeEquivalentTo("id", "key_block", "added_at", "retired_at");
        (await superuser.CountAsync(Statistics)).Should().Be(0);
        (await new SchemaAudit(database.ConnectionString, database.Roles.ToAuditOptions()).RunAsync(Sql.Cancel)).Findings
            .Where(finding => finding.RuleId.StartsWith("seal") || finding.RuleId.StartsWith("view") || finding.RuleId.StartsWith("guard") && asksForSeal)
            .Should().BeEmpty("a guard that is not asked for stays the older one");
    }

    /// <summary>A seal that psql has brought stands in no journal.</summary>
    [Theory]
    [InlineData("sealed")]
    [InlineData("version 14, guarded and sealed")]
    public async Task A_seal_that_no_journal_knows_is_brought_to_the_new_form_too(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync("DROP TABLE app.schema_migrations");
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);

        (await database.UpgradeAsync(asksForGuard: false, asksForSeal: false)).Applied.Should().Contain("seal/sealed_context.sql");

        (await tenant.CountAsync("public.invoices")).Should().Be(20);
        (await database.UpgradeAsync(asksForGuard: false, asksForSeal: false)).Applied.Should().BeEmpty();
    }

    private static byte[] Pad(string key) => [.. Convert.FromBase64String(key[9..]).Select(b => (byte)(b ^ 0x36))];

    /// <summary>A histogram takes two values, as ANALYZE sees them.</summary>
    private static async Task<string[]> AddTwoKeysAsync(OldVersion database)
    {
        var keys = new ContextSealKeys(database.ConnectionString);
        return [await keys.AddAsync(Sql.Cancel), await keys.AddAsync(Sql.Cancel)];
    }

    private static async Task<NpgsqlConnection> StrangerAsync(OldVersion database, string grant)
    {
        var login = (await TestServer.GetSharedAsync(Sql.Cancel)).NewRoleName("stranger");
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"CREATE ROLE {login} LOGIN; {grant.Replace("{0}", login)}");
        return await Sql.OpenAsync(database.ConnectionString.As(login), Sql.Cancel);
    }
}
