using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>A login made as app_user is, to be spoiled by a test and dropped after it.</summary>
internal sealed class TestLogin : IAsyncDisposable
{
    private readonly TenantDatabaseFixture _fixture;

    private TestLogin(TenantDatabaseFixture fixture, string name, string connectionString) =>
        (_fixture, Name, ConnectionString, DataSource) = (fixture, name, connectionString, NpgsqlDataSource.Create(connectionString));

    public string Name { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public static async Task<TestLogin> CreateAsync(TenantDatabaseFixture fixture, params string[] roles)
    {
        var name = "login_" + Guid.NewGuid().ToString("N")[..12];
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        await superuser.ExecuteAsync($"CREATE ROLE {name} LOGIN NOINHERIT PASSWORD 'secret'");
        foreach (var role in roles)
            await superuser.ExecuteAsync($"GRANT {role} TO {name}" + (fixture.ServerMajorVersion >= 16 ? " WITH INHERIT FALSE, SET TRUE" : ""));
        return new TestLogin(fixture, name, fixture.Database.AppConnectionString.WithLogin(name, "secret"));
    }

    /// <summary>Runs SQL as the superuser; {0} stands for the login.</summary>
    public async Task AlterAsync(string sql)
    {
        await using var superuser = await _fixture.OpenAsSuperuserAsync();
        await superuser.ExecuteAsync(sql.Replace("{0}", Name, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await AlterAsync(
            """
            DO $$ BEGIN
                ALTER TABLE public.invoices OWNER TO app_owner;
                DROP OWNED BY {0};
                DROP ROLE IF EXISTS {0}_via;
                DROP ROLE {0};
            END $$
            """);
    }
}
