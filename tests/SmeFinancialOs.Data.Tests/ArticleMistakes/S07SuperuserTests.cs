using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>S7: "FORCE - even superuser must comply". Neither superusers nor BYPASSRLS roles ever do.</summary>
public sealed class S07SuperuserTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SUPERUSER")]
    [InlineData("BYPASSRLS")]
    public async Task The_articles_FORCE_does_not_bind_superusers_and_BYPASSRLS_roles(string attribute)
    {
        await using var trial = await Attack.StartAsync(fixture, ArticleRecipe.AppOfA,
            without: ArticleRecipe.Tables + ArticleRecipe.Isolation + $"ALTER ROLE article_app {attribute}");
        (await trial.TryAsync(ArticleRecipe.Secrets)).Values.Should().Equal(Seed.SecretOfA, Seed.SecretOfB, Seed.SecretOfDemo);
    }

    [Fact]
    public async Task Our_FORCE_does_not_bind_a_superuser_who_skips_the_factory()
    {
        await using var trial = await Attack.StartAsync(fixture, new Actor(null, null, Seed.A));
        (await trial.TryAsync("SELECT customer_name FROM public.invoices")).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task Our_factory_refuses_a_superuser()
    {
        var factory = new TenantConnectionFactory(fixture.SuperuserDataSource, new TenantConnectionOptions { AdminDataSource = fixture.SuperuserDataSource });
        foreach (var context in new[] { fixture.ContextA, TenantContext.Demo, TenantContext.ForAdmin("operator", "any") })
        {
            await factory.Invoking(f => f.OpenConnectionAsync(context, Token).AsTask()).Should().ThrowAsync<UnsafeDatabaseRoleException>();
            await factory.CreateSession(context).Invoking(s => s.QueryAsync<int>("SELECT 1", cancellationToken: Token))
                .Should().ThrowAsync<UnsafeDatabaseRoleException>();
        }
    }

    [Theory]
    [InlineData("BYPASSRLS")]
    [InlineData("CREATEROLE")]
    [InlineData("REPLICATION")]
    [InlineData("IN ROLE admin_role")]
    [InlineData("IN ROLE app_owner")]
    [InlineData("NOBYPASSRLS", false)]
    public async Task Our_factory_refuses_a_login_that_bypasses_the_policies(string attribute, bool isRefused = true)
    {
        // Committed, because the factory logs in: a name of its own, and dropped again.
        var login = "article_login_" + Guid.NewGuid().ToString("N");
        var harmless = fixture.GrantsDecideInheritance ? " WITH INHERIT FALSE, SET TRUE" : "";
        await fixture.AsSuperuserAsync($"CREATE ROLE {login} LOGIN NOINHERIT PASSWORD '{login}' {attribute}; "
            + $"GRANT tenant_role, demo_role TO {login}{harmless}");
        try
        {
            await using var source = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString)
                {
                    Username = login,
                    Password = login,
                    Pooling = false
                }.ConnectionString);
            var open = async () => await (await new TenantConnectionFactory(source).OpenConnectionAsync(fixture.ContextA, Token)).DisposeAsync();
            if (isRefused)
                await open.Should().ThrowAsync<UnsafeDatabaseRoleException>();
            else
                await open.Should().NotThrowAsync("a login without such rights is welcome");
        }
        finally
        {
            await fixture.AsSuperuserAsync($"DROP ROLE {login}");
        }
    }
}
