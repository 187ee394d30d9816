using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>
/// The reference article's schema, as far as one of its mistakes needs it: a table of its own with the policies given, a login that may do
/// everything to it, an admin role, and the rows of A and B and of the demo.
/// </summary>
internal sealed class ArticleRecipe : IAsyncDisposable
{
    /// <summary>The policies that the mistakes are about, in the article's words.</summary>
    public const string TenantIsolation = "CREATE POLICY tenant_isolation ON {t} USING (org_id::text = current_setting('app.current_org_id', true))";
    public const string AdminBypass = "CREATE POLICY admin_bypass ON {t} USING (pg_has_role(current_user, '{admin}', 'MEMBER'))";
    public const string DemoNoWrites = "CREATE POLICY demo_no_writes ON {t} FOR INSERT WITH CHECK (org_id::text <> '{demo}')";
    public const string DemoReadOnly = "CREATE POLICY demo_read_only ON {t} FOR SELECT USING (org_id::text = '{demo}')";

    private readonly TenantDatabaseFixture _fixture;
    private readonly string _suffix = Guid.NewGuid().ToString("N")[..12];

    private ArticleRecipe(TenantDatabaseFixture fixture) => _fixture = fixture;

    public string Table => $"article.t_{_suffix}";

    private string Login => $"article_user_{_suffix}";

    private string AdminRole => $"article_admin_{_suffix}";

    public static async Task<ArticleRecipe> CreateAsync(TenantDatabaseFixture fixture, params string[] statements)
    {
        var recipe = new ArticleRecipe(fixture);
        await recipe.AsSuperuserAsync(
            """
            CREATE ROLE {login} LOGIN PASSWORD 'secret';
            CREATE ROLE {admin} NOLOGIN;
            CREATE SCHEMA IF NOT EXISTS article;
            GRANT USAGE ON SCHEMA article TO {login};
            CREATE TABLE {t} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), org_id uuid NOT NULL, number text);
            INSERT INTO {t} (org_id, number) VALUES ('{a}', 'a'), ('{b}', 'b'), ('{demo}', 'demo');
            ALTER TABLE {t} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {t} FORCE ROW LEVEL SECURITY;
            GRANT ALL ON {t} TO {login};
            """);
        foreach (var statement in statements)
            await recipe.AsSuperuserAsync(statement);
        return recipe;
    }

    public async Task AsSuperuserAsync(string sql)
    {
        await using var superuser = await _fixture.OpenAsSuperuserAsync();
        await superuser.ExecuteAsync(Fill(sql));
    }

    public async Task<T> AskSuperuserAsync<T>(string sql)
    {
        await using var superuser = await _fixture.OpenAsSuperuserAsync();
        return (await superuser.ExecuteScalarAsync<T>(Fill(sql)))!;
    }

    /// <summary>Runs a query as the article's login, in a transaction with the tenant set; gives the first column. Rolled back.</summary>
    public Task<List<string>> QueryAsync(Guid? organization, string sql) =>
        RunAsync(organization, async connection => (await connection.QueryAsync<string>(Fill(sql))).AsList());

    /// <summary>Runs a statement likewise; gives the number of rows. Rolled back.</summary>
    public Task<int> ExecuteAsync(Guid? organization, string sql) => RunAsync(organization, connection => connection.ExecuteAsync(Fill(sql)));

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var target = new NpgsqlConnectionStringBuilder(_fixture.Database.AppConnectionString) { Username = Login, Password = "secret", Pooling = false };
        var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public string Fill(string sql) => sql
        .Replace("{t}", Table, StringComparison.Ordinal).Replace("{login}", Login, StringComparison.Ordinal).Replace("{admin}", AdminRole, StringComparison.Ordinal)
        .Replace("{a}", _fixture.OrganizationA.ToString(), StringComparison.Ordinal).Replace("{b}", _fixture.OrganizationB.ToString(), StringComparison.Ordinal)
        .Replace("{demo}", TenantContext.DemoOrganizationId.ToString(), StringComparison.Ordinal);

    public async ValueTask DisposeAsync() => await AsSuperuserAsync("DROP TABLE {t} CASCADE; DROP OWNED BY {login}, {admin}; DROP ROLE {login}, {admin}");

    private async Task<T> RunAsync<T>(Guid? organization, Func<NpgsqlConnection, Task<T>> work)
    {
        await using var connection = await OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (organization is not null)
            await connection.ExecuteAsync("SELECT set_config('app.current_org_id', @id, true)", new { id = organization.ToString() });
        return await work(connection);
    }
}
