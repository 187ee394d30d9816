using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>The keys of the seal: pg_read_all_data, pg_write_all_data and grants reached them in versions 9 and 10, and statistics kept them.</summary>
public sealed class UpgradedKeysTests
{
    private const string InUse = "app_seal.keys WHERE inner_pad IS NOT NULL";
    private const string Statistics = """
        pg_statistic s JOIN pg_attribute a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
        WHERE s.starelid = 'app_seal.keys'::regclass AND a.attname IN ('inner_pad', 'outer_pad')
        """;
    private const string Stats = "pg_stats WHERE schemaname = 'app_seal' AND attname IN ('inner_pad', 'outer_pad')";
    private const string Add = "INSERT INTO app_seal.keys (id, inner_pad, outer_pad) VALUES ('00000000', decode(repeat('36', 64), 'hex'), "
        + "decode(repeat('5c', 64), 'hex'))";

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
            (await stranger.CountAsync(InUse)).Should().BePositive("an older version allowed it");
        (await reader.CountAsync(Statistics)).Should().Be(2, "an older version allowed it");
        foreach (var stranger in writers)
            await stranger.RunAsync($"BEGIN; {Add}; ROLLBACK");

        await database.UpgradeAsync();
        await AddTwoKeysAsync(database);

        foreach (var stranger in readers)
        {
            (await stranger.CountAsync(InUse)).Should().Be(0);
            (await stranger.RefusalAsync($"SET row_security = off; SELECT {(stranger == selector ? "inner_pad" : "*")} FROM "
                + "app_seal.keys")).SqlState.Should().Be("42501");
            await stranger.RunAsync("RESET row_security");
        }

        (await reader.CountAsync(Statistics)).Should().Be(0);
        foreach (var stranger in writers)
        {
            (await stranger.RefusalAsync(Add)).SqlState.Should().Be("42501");
            (await stranger.RunAsync("UPDATE app_seal.keys SET retired_at = NULL, inner_pad = ''")).Should().Be(0);
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

    /// <summary>The seal goes on with the keys that were there: of the text of its view nothing is lost.</summary>
    [Theory]
    [InlineData("sealed")]
    [InlineData("version 10, guarded and sealed")]
    public async Task What_was_signed_before_counts_after_the_upgrade(string form)
    {
        const string view = "SELECT pg_get_viewdef('app_seal.valid_token'::regclass) || relacl::text || pg_get_userbyid(relowner) FROM pg_class WHERE "
            + "relname = 'context'";
        var database = await OldVersion.InstallAsync(form);
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        await using var superuser = await database.OpenAsync();
        var before = await superuser.ScalarAsync<string>(view);

        await database.UpgradeAsync();

        (await superuser.ScalarAsync<string>(view)).Should().Be(before);
        (await tenant.CountAsync("public.invoices")).Should().Be(20);
        await tenant.RunAsync("SELECT set_config('app.context_token', left(t, 131) || CASE right(t, 1) WHEN '0' THEN '1' ELSE '0' END, false) "
            + "FROM current_setting('app.context_token') AS t");
        (await tenant.RefusalAsync("SELECT FROM public.invoices")).SqlState.Should().Be("28000");
        (await new SchemaAudit(database.ConnectionString, database.Roles.ToAuditOptions()).RunAsync(Sql.Cancel)).Findings
            .Where(finding => finding.RuleId.StartsWith("seal") || finding.RuleId.StartsWith("view") || finding.RuleId.StartsWith("guard")).Should().BeEmpty();
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
