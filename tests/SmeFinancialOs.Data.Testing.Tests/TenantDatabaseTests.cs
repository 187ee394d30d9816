using Npgsql;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>On the server that the environment chooses, whichever way that is.</summary>
public sealed class TenantDatabaseTests
{
    private const string ListDatabases = "SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database";

    [Fact]
    public async Task Owner_login_is_a_superuser_of_a_migrated_database()
    {
        await using var database = await CreateAsync();

        (await database.SuperuserConnectionString.ReadScalarAsync<string>("SHOW is_superuser")).Should().Be("on");
        (await database.SuperuserConnectionString.ReadScalarAsync<string>("SELECT current_database()")).Should().Be(database.Name);
        (await database.SuperuserConnectionString.ReadScalarAsync<long>("SELECT count(*) FROM invoices")).Should().Be(0);
    }

    [Fact]
    public async Task App_login_is_app_user_and_may_become_tenant_but_not_admin()
    {
        await using var database = await CreateAsync();

        (await database.AppConnectionString.ReadScalarAsync<string>("SELECT session_user::text")).Should().Be("app_user");
        (await database.AppConnectionString.ReadScalarAsync<string>("SHOW is_superuser")).Should().Be("off");
        await database.AppConnectionString.ExecuteAsync("SET ROLE tenant_role");
        await database.AppConnectionString.Invoking(app => app.ExecuteAsync("SET ROLE admin_role"))
            .Should().ThrowAsync<PostgresException>().Where(e => e.SqlState == PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Admin_login_is_admin_user_and_may_become_admin()
    {
        await using var database = await CreateAsync();

        (await database.AdminConnectionString.ReadScalarAsync<string>("SELECT session_user::text")).Should().Be("admin_user");
        await database.AdminConnectionString.ExecuteAsync("SET ROLE admin_role");
    }

    [Fact]
    public async Task Logins_need_their_password()
    {
        await using var database = await CreateAsync();
        var wrong = database.AppConnectionString.WithPassword("wrong");

        await wrong.Invoking(login => login.ExecuteAsync("SELECT 1"))
            .Should().ThrowAsync<PostgresException>().Where(e => e.SqlState == PostgresErrorCodes.InvalidPassword);
    }

    /// <summary>CREATE DATABASE copies everything from a template but the privileges on the database itself.</summary>
    [Fact]
    public async Task Privileges_that_the_migrations_revoked_on_the_database_are_revoked_on_a_copy()
    {
        await using var database = await CreateAsync();

        await database.AppConnectionString.Invoking(app => app.ExecuteAsync("CREATE TEMPORARY TABLE leak (id int)"))
            .Should().ThrowAsync<PostgresException>().Where(e => e.SqlState == PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Rows_of_one_database_are_in_no_other()
    {
        await using var one = await CreateAsync();
        await using var other = await CreateAsync();

        await one.SuperuserConnectionString.ExecuteAsync("INSERT INTO organizations (id, name, slug) VALUES (gen_random_uuid(), 'One', 'one')");

        (await one.SuperuserConnectionString.ReadScalarAsync<long>("SELECT count(*) FROM organizations")).Should().Be(1);
        (await other.SuperuserConnectionString.ReadScalarAsync<long>("SELECT count(*) FROM organizations")).Should().Be(0);
    }

    [Fact]
    public async Task Databases_can_be_created_all_at_once()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync()));

        databases.Select(database => database.Name).Should().OnlyHaveUniqueItems();
        foreach (var database in databases)
        {
            (await database.AppConnectionString.ReadScalarAsync<string>("SELECT current_database()")).Should().Be(database.Name);
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Disposed_database_is_dropped_while_connections_are_open_and_pooled()
    {
        var database = await CreateAsync();
        await using var open = new NpgsqlConnection(database.AppConnectionString);
        await open.OpenAsync(TestContext.Current.CancellationToken);
        await using (var pooled = new NpgsqlConnection(database.SuperuserConnectionString))
            await pooled.OpenAsync(TestContext.Current.CancellationToken);

        await database.DisposeAsync();
        await database.DisposeAsync();

        var server = await PostgresServer.GetSharedAsync(TestContext.Current.CancellationToken);
        (await server.ConnectionString.ReadScalarAsync<string>(ListDatabases)).Split(' ').Should().NotContain(database.Name);
    }

    [Fact]
    public async Task Empty_database_knows_nothing_of_the_schema()
    {
        var server = await PostgresServer.GetSharedAsync(TestContext.Current.CancellationToken);

        var one = await server.CreateEmptyDatabaseAsync(TestContext.Current.CancellationToken);
        var other = await server.CreateEmptyDatabaseAsync(TestContext.Current.CancellationToken);

        other.Should().NotBe(one);
        (await one.ReadScalarAsync<long>("SELECT count(*) FROM pg_namespace WHERE nspname = 'app'")).Should().Be(0);
        (await one.ReadScalarAsync<string>("SHOW is_superuser")).Should().Be("on");
    }

    private static async Task<TenantDatabase> CreateAsync()
    {
        var server = await PostgresServer.GetSharedAsync(TestContext.Current.CancellationToken);
        return await server.CreateTenantDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);
    }
}
