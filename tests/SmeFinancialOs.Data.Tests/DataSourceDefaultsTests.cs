using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class DataSourceDefaultsTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [InlineData("Host=h", 100, 2, true)]
    [InlineData("Host=h;Max Auto Prepare=0", 0, 2, true)]
    [InlineData("Host=h;MaxAutoPrepare=7;Auto Prepare Min Usages=9;No Reset On Close=false", 7, 9, false)]
    public void Statements_are_prepared_and_the_reset_is_ours_unless_the_connection_string_says_otherwise(string connectionString, int maximum,
        int usages, bool noReset)
    {
        var settings = new NpgsqlDataSourceBuilder(connectionString).UseTenantDefaults().ConnectionStringBuilder;
        (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages, settings.NoResetOnClose).Should().Be((maximum, usages, noReset));
    }

    [Fact]
    public void Transaction_pooling_prepares_and_resets_nothing()
    {
        var settings = new NpgsqlDataSourceBuilder("Host=h").UseTenantDefaults(transactionPooling: true).ConnectionStringBuilder;
        (settings.MaxAutoPrepare, settings.NoResetOnClose).Should().Be((0, true));
    }

    [Theory]
    [InlineData("Host=h;No Reset On Close=true;Max Auto Prepare=5")]
    [InlineData("Host=h")]
    public void Factory_refuses_a_data_source_that_does_not_fit_transaction_pooling(string connectionString)
    {
        using var source = NpgsqlDataSource.Create(connectionString);
        var build = () => new TenantConnectionFactory(source, new TenantConnectionOptions { TransactionPooling = true });
        build.Should().Throw<ArgumentException>().WithMessage("*UseTenantDefaults(transactionPooling: true)*");
    }

    [Theory]
    [InlineData("Host=h;Max Auto Prepare=5")]
    [InlineData("Host=h;No Reset On Close=false")]
    public void What_cannot_work_with_transaction_pooling_is_refused(string connectionString) =>
        new NpgsqlDataSourceBuilder(connectionString).Invoking(builder => builder.UseTenantDefaults(transactionPooling: true))
            .Should().Throw<ArgumentException>();

    [Theory]
    [InlineData("", "-c role=none -c default_transaction_read_only=off ", " -c debug_print_plan=off")]
    [InlineData(";Options=-c synchronous_commit=remote_apply", "-c role=none ", "-c debug_print_plan=off -c synchronous_commit=remote_apply")]
    [InlineData(";Options=-csearch_path=app\\ ,public --Row-Security=off  -c  ROLE=x", "-c default_transaction_read_only=off",
        " -csearch_path=app\\ ,public --Row-Security=off  -c  ROLE=x")]
    [InlineData(";Options=-c jit=off \\", "-c role=none", " -c jit=off \\")]
    [InlineData(";Options=-c", "-c role=none", " -c")]
    public void Startup_options_are_merged_with_those_of_the_host(string stated, string beginning, string end)
    {
        var options = new NpgsqlDataSourceBuilder("Host=h" + stated).UseTenantDefaults().ConnectionStringBuilder.Options;
        options.Should().StartWith(beginning).And.EndWith(end);
        options!.Split("-c ").Select(option => option.Split('=')[0]).Should().OnlyHaveUniqueItems();
        if (stated.Contains("search_path"))
            options.Should().NotContain("-c search_path").And.NotContain("row_security=on").And.NotContain("role=none");
        new NpgsqlDataSourceBuilder("Host=h;Options=\"" + options.Replace("\"", "\"\"") + "\"").UseTenantDefaults().ConnectionStringBuilder.Options
            .Should().Be(options, "twice is once");
    }

    [Fact]
    public void Startup_options_leave_the_search_path_of_the_host_and_what_a_pooler_would_refuse()
    {
        new NpgsqlDataSourceBuilder("Host=h;Search Path=app").UseTenantDefaults().ConnectionStringBuilder.Options.Should().NotContain("search_path");
        new NpgsqlDataSourceBuilder("Host=h").UseTenantDefaults(transactionPooling: true).ConnectionStringBuilder.Options.Should().BeNull();
    }

    [Theory]
    [InlineData(";Options=-c synchronous_commit=local -c client_min_messages=warning", "synchronous_commit", "local")]
    [InlineData(";Options=-c search_path=app\\,\\ public", "search_path", "app, public")]
    [InlineData(";Options=--search-path=app", "search_path", "app")]
    [InlineData(";Search Path=app,public", "search_path", "app,public")]
    [InlineData("", "search_path", "\"$user\", public")]
    [InlineData("", "local_preload_libraries", "")]
    public async Task Value_of_the_host_is_in_force_and_RESET_returns_to_it(string stated, string name, string value)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + stated).UseTenantDefaults().Build();
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        (await connection.ReadAsync($"SELECT current_setting('{name}')")).Should().Equal(value);
        (await connection.ReadAsync($"RESET ALL; SELECT current_setting('{name}')")).Should().Equal(value);
    }

    [Fact]
    public async Task Statements_of_a_session_are_prepared_on_the_server_without_the_host_doing_anything()
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var session = new TenantConnectionFactory(source).CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));
        for (var call = 0; call < 3; call++)
            await session.QueryAsync<Guid>("SELECT id FROM invoices WHERE amount_cents > @cents", new { cents = 1 });
        var prepared = await session.QueryAsync<string>("SELECT statement FROM pg_prepared_statements");
        prepared.Should().Contain(statement => statement.StartsWith("SELECT id FROM invoices")).And.Contain(statement => statement.Contains("set_config"));
    }

    [Fact]
    public async Task Statement_prepared_under_one_role_and_tenant_shows_the_next_one_its_own_rows()
    {
        // One connection, so that every context meets the statements of the others.
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        TenantContext[] contexts = [TenantContext.ForOrganization(fixture.OrganizationA), TenantContext.Demo,
            TenantContext.ForOrganization(fixture.OrganizationB)];
        const string Nested = "WITH mine AS (SELECT org_id FROM invoices) SELECT DISTINCT org_id FROM mine WHERE org_id IN (SELECT org_id FROM invoices)";
        for (var round = 0; round < 30; round++)
        {
            var context = contexts[round % 3];
            foreach (var sql in (string[])["SELECT DISTINCT org_id FROM invoices", Nested])
                (await factory.CreateSession(context).QueryAsync<Guid>(sql)).Should().OnlyContain(organization => organization == context.OrganizationId);
            if (context.Access == TenantAccess.Demo)
                await factory.CreateSession(context).Invoking(s => s.ExecuteAsync("UPDATE invoices SET amount_cents = 1"))
                    .Should().ThrowAsync<DemoReadOnlyException>();
            else
                (await factory.CreateSession(context).ExecuteAsync("UPDATE invoices SET amount_cents = amount_cents WHERE false")).Should().Be(0);
        }
    }
}
