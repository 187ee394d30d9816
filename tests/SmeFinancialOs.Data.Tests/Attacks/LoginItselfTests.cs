using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>PostgreSQL lets every login change its own password and defaults. That opens no rows, but a host should know.</summary>
public sealed class LoginItselfTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    public static TheoryData<string> Changes =>
        ["ALTER ROLE app_user PASSWORD 'known to the attacker'", "ALTER ROLE app_user SET role = 'tenant_role'",
            "ALTER ROLE app_user SET search_path = pg_catalog"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Tenants_cannot_change_the_login(string change)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        (await trial.TryAsync(change)).SqlState.Should().Be("42501");
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Known_limit_stacked_sql_that_resets_the_role_can(string change)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        (await trial.TryAsync("RESET ROLE; SET LOCAL SESSION AUTHORIZATION app_user; " + change)).SqlState.Should().BeNull();
    }

    [Fact]
    public async Task Not_even_the_login_can_make_a_tenant_its_own_default()
    {
        await using var connection = await fixture.OpenAsAppUserAsync();
        (await connection.SqlStateOfAsync($"ALTER ROLE app_user SET app.current_org_id = '{Seed.B}'"))
            .Should().Be("42501", "a custom setting takes a superuser, or GRANT SET ON PARAMETER");
    }

    [Fact]
    public async Task Even_with_role_and_tenant_as_defaults_of_the_login_the_library_shows_the_contexts_rows()
    {
        var login = $"ROLE app_user IN DATABASE {fixture.Database.Name}";
        await fixture.AsSuperuserAsync($"ALTER {login} SET role = 'tenant_role'; ALTER {login} SET app.current_org_id = '{Seed.B}'; "
            + $"ALTER {login} SET search_path = pg_catalog");
        try
        {
            const string organizations = "SELECT DISTINCT org_id FROM public.invoices";
            await using var app = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Pooling=false");
            await using (var bare = await app.OpenConnectionAsync(TestContext.Current.CancellationToken))
                (await bare.ReadAsync(organizations)).Should().Equal([Seed.B], "a connection that skipped the factory is now B");

            var factory = new TenantConnectionFactory(app, new()
            {
                AllowedLoginSettings = new Dictionary<string, string>
                {
                    ["role"] = "tenant_role",
                    ["app.current_org_id"] = Seed.B,
                    ["search_path"] = "pg_catalog"
                },
            });
            foreach (var context in new[] { fixture.ContextA, TenantContext.Demo })
            {
                (await factory.CreateSession(context).QueryAsync<Guid>(organizations, cancellationToken: TestContext.Current.CancellationToken))
                    .Should().Equal(context.OrganizationId!.Value.ToGuid());
            }
        }
        finally
        {
            await fixture.AsSuperuserAsync($"ALTER {login} RESET ALL");
        }
    }
}
