using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.Maintenance;

/// <summary>H70: a tenant writes the setting of a maintenance, and calls what runs with the rights of the table's owner.</summary>
public sealed class MaintenanceAttackTests
{
    private const string Flag = "SELECT set_config('app.maintenance', 'mine', false)";

    public static TheoryData<TenantIdType, bool, bool> Forms => TypedDatabase.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_definer_function_of_the_owner_reaches_the_callers_rows_alone(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var table = await OwnedTable.CreateAsync(type, isGuarded, isSealed);
        await using var tenant = await table.Database.OpenAsync("tenant_role", table.Database.A);
        foreach (var flag in new[] { "SELECT 1", Flag })
        {
            await tenant.RunAsync(flag);
            (await tenant.ScalarAsync<long>("SELECT public.count_items()")).Should().Be(2);
            (await tenant.ScalarAsync<long>("SELECT public.mark_items()")).Should().Be(2);
        }
        await using var superuser = await table.Database.OpenAsync();
        (await superuser.ListAsync<string>("SELECT DISTINCT tenant::text FROM public.items WHERE note = 'marked'")).Should().Equal(table.Database.A);

        // Without a tenant neither the setting nor the function of the owner shows a row.
        await tenant.RunAsync("SELECT set_config('app.current_org_id', '', false)");
        (await tenant.SqlStateOfAsync("SELECT public.count_items()")).Should().Be(isSealed ? "28000" : "42501");
        (await tenant.SqlStateOfAsync("SELECT public.mark_items()")).Should().Be(isSealed ? "28000" : "42501");
        if (isSealed)
        {
            await tenant.RunAsync($"SELECT set_config('app.current_org_id', '{table.Database.B}', false)");
            (await tenant.SqlStateOfAsync("SELECT public.count_items()")).Should().Be("28000");
            await tenant.RunAsync("SELECT set_config('app.current_org_id', '', false), set_config('app.context_token', '', false)");
            (await tenant.SqlStateOfAsync("SELECT public.count_items()")).Should().Be("42501");
        }
    }

    /// <summary>What the setting would open if the session's login were not asked.</summary>
    [Fact]
    public async Task The_setting_alone_would_show_every_row_to_a_function_of_the_owner()
    {
        var table = await OwnedTable.CreateAsync();
        await using var superuser = await table.Database.OpenAsync();
        await superuser.RunAsync("""
            ALTER POLICY owner_maintenance ON public.items USING (coalesce(current_setting('app.maintenance', true), '') <> '') WITH CHECK (true)
            """);
        await using var tenant = await table.Database.OpenAsync("tenant_role", table.Database.A);
        await tenant.RunAsync(Flag);
        (await tenant.ScalarAsync<long>("SELECT public.count_items()")).Should().Be(6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_demo_reads_its_rows_through_a_function_of_the_owner_and_writes_none(bool isSealed)
    {
        var table = await OwnedTable.CreateAsync(isSealed: isSealed);
        await using var demo = await table.Database.OpenAsync("demo_role", table.Database.Demo);
        await demo.RunAsync(Flag);
        (await demo.ScalarAsync<long>("SELECT public.count_items()")).Should().Be(2);
        (await demo.ScalarAsync<long>("SELECT public.mark_items()")).Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_operator_reaches_every_row_through_a_function_of_the_owner(bool isSealed)
    {
        var table = await OwnedTable.CreateAsync(isSealed: isSealed);
        await using var admin = await table.Database.OpenAsync("admin_role", null);
        (await admin.ScalarAsync<long>("SELECT public.count_items()")).Should().Be(6);
        await admin.RunAsync("SELECT set_config('app.context_token', '', false)");
        if (isSealed)
            (await admin.ScalarAsync<long>("SELECT public.count_items()")).Should().Be(0, "no host has signed the context");
    }

    [Theory]
    [InlineData("tenant_role")]
    [InlineData("demo_role")]
    [InlineData("admin_role")]
    public async Task No_login_of_the_app_begins_a_maintenance(string role)
    {
        var table = await OwnedTable.CreateAsync();
        await using var app = await table.Database.OpenAsync(role, null);
        await app.RunAsync("BEGIN; SAVEPOINT s");
        foreach (var call in new[] { "app.begin_maintenance('mine')", "public.begin_for_caller()" })
        {
            var refusal = await app.RefusalAsync($"SELECT {call}");
            refusal.SqlState.Should().Be("42501");
            refusal.MessageText.Should().Contain("may not become the owner of a protected table");
            await app.RunAsync("ROLLBACK TO s");
        }
        (await app.SqlStateOfAsync("INSERT INTO app.maintenance_log (reason) VALUES ('mine')")).Should().Be("42501");
    }

    [Theory]
    [InlineData("SELECT app.begin_maintenance(NULL)", "22023", "a maintenance needs a reason")]
    [InlineData("SELECT app.begin_maintenance('')", "22023", "a maintenance needs a reason")]
    [InlineData("SELECT app.begin_maintenance(E' \\t\\n')", "22023", "a maintenance needs a reason")]
    [InlineData("SET TRANSACTION READ ONLY; SELECT app.begin_maintenance('why')", "25006", "this transaction is read-only")]
    [InlineData("SELECT set_config('app.current_org_id', gen_random_uuid()::text, true); SELECT app.begin_maintenance('why')", "55000", "a tenant is in force")]
    public async Task A_maintenance_is_refused_with_the_cure(string sql, string sqlState, string message)
    {
        var table = await OwnedTable.CreateAsync();
        await using var owner = await table.OpenAsync();
        await owner.RunAsync("BEGIN");
        var refusal = await owner.RefusalAsync(sql);
        refusal.SqlState.Should().Be(sqlState);
        refusal.MessageText.Should().Contain(message);
        refusal.Hint.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_maintenance_outside_a_transaction_ends_with_its_statement()
    {
        var table = await OwnedTable.CreateAsync();
        await using var owner = await table.OpenAsync();
        await owner.RunAsync("SELECT app.begin_maintenance('why')");
        (await owner.SqlStateOfAsync("SELECT * FROM public.items")).Should().Be("42501");
    }

    [Fact]
    public async Task A_maintenance_that_is_rolled_back_leaves_no_row_in_the_log()
    {
        var table = await OwnedTable.CreateAsync();
        await using var owner = await table.OpenAsync();
        await owner.RunAsync("BEGIN; SELECT app.begin_maintenance('why'); ROLLBACK");
        await using var superuser = await table.Database.OpenAsync();
        (await superuser.CountAsync("app.maintenance_log")).Should().Be(0);
    }

    [Fact]
    public async Task The_setting_among_the_defaults_of_a_login_opens_nothing_to_a_tenant()
    {
        var table = await OwnedTable.CreateAsync();
        await using var superuser = await table.Database.OpenAsync();
        await superuser.RunAsync($"ALTER ROLE app_user IN DATABASE {superuser.Database} SET app.maintenance = 'always'");
        await using var tenant = await table.Database.OpenAsync("tenant_role", table.Database.A);
        (await tenant.ScalarAsync<string>("SELECT current_setting('app.maintenance')")).Should().Be("always");
        (await tenant.ScalarAsync<long>("SELECT public.count_items()")).Should().Be(2);
        (await tenant.CountAsync(OwnedTable.Name)).Should().Be(2);
    }
}
