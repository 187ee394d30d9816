using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Tenants;

/// <summary>Who acts inside an organization: for one transaction, and for nobody after it.</summary>
public sealed class ActingUserTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Who = "SELECT concat_ws('|', coalesce(app.current_user_id(), 'nobody'), app.current_roles()::text)";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_call_says_who_acts_and_the_next_context_on_the_connection_says_its_own()
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        (TenantContext Context, string Who)[] turns =
        [
            (fixture.ContextA.As("ann", "clerk", "auditor"), "ann|{clerk,auditor}"), (fixture.ContextA, "nobody|{}"),
            (fixture.ContextB.As("bob"), "bob|{}"), (fixture.ContextA.As("ann", "clerk").AsReadOnly(), "ann|{clerk}"),
            (TenantContext.Demo, "nobody|{}"), (TenantContext.Demo.As("visitor"), "visitor|{}"),
        ];
        foreach (var (context, who) in turns)
        {
            (await factory.CreateSession(context).ExecuteScalarAsync<string>(Who, cancellationToken: Cancel)).Should().Be(who);
            await using var work = await factory.OpenConnectionAsync(context, Cancel);
            (await work.ExecuteScalarAsync<string>(Who, cancellationToken: Cancel)).Should().Be(who);
            await work.CommitAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_context_that_was_used_gives_its_identity_to_no_other()
    {
        // Each is made of the one before, once that has been used.
        Func<TenantContext, TenantContext>[] steps = [a => a, a => a.As("ann", "clerk"), ann => ann.As("bob"), bob => bob.AsReadOnly().As("carol")];
        string[] expected = ["nobody|{}", "ann|{clerk}", "bob|{}", "carol|{}"];
        var context = fixture.ContextA;
        foreach (var (step, who) in steps.Zip(expected))
        {
            context = step(context);
            (await fixture.Factory.CreateSession(context).ExecuteScalarAsync<string>(Who, cancellationToken: Cancel)).Should().Be(who);
        }
    }

    [Theory]
    [InlineData("a,b", "{x}", "\"quoted\"", "back\\slash", "NULL", "null", " blank ", "'; DROP TABLE invoices; --", "\u00e9\u4e2d\U0001f600")]
    public async Task Any_text_is_a_role(params string[] roles)
    {
        var session = fixture.Factory.CreateSession(fixture.ContextA.As("'; --", roles));
        (await session.QueryAsync<string>("SELECT unnest(app.current_roles())", cancellationToken: Cancel)).Should().Equal(roles);
        (await session.ExecuteScalarAsync<string>("SELECT app.current_user_id()", cancellationToken: Cancel)).Should().Be("'; --");
    }

    [Theory]
    [InlineData("SELECT set_config('app.current_user_id', 'eve', false), set_config('app.current_roles', '{owner}', false); COMMIT")]
    [InlineData("COMMIT; SET app.current_user_id = 'eve'; SET app.current_roles = '{owner}'")]
    public async Task What_sql_leaves_on_a_connection_is_nobody_of_the_next_context(string sql)
    {
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString + ";Maximum Pool Size=1").UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        await using (var work = await factory.OpenConnectionAsync(fixture.ContextA.As("ann"), Cancel))
            await work.Connection.RunAsync(sql);

        (await factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<string>(Who, cancellationToken: Cancel)).Should().Be("nobody|{}");
        (await factory.CreateSession(fixture.ContextB.As("bob")).ExecuteScalarAsync<string>(Who, cancellationToken: Cancel)).Should().Be("bob|{}");
    }

    [Fact]
    public async Task A_user_by_default_of_the_login_is_nobodys_and_is_reported()
    {
        // Its login is checked once, before.
        await fixture.Factory.VerifyAsync(Cancel);
        try
        {
            await fixture.AsSuperuserAsync($"ALTER ROLE app_user IN DATABASE {fixture.Database.Name} SET app.current_user_id = 'eve'");
            await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
            (await new TenantConnectionFactory(source).Invoking(factory => factory.VerifyAsync(Cancel)).Should().ThrowAsync<UnsafeDatabaseRoleException>())
                .WithMessage("*app.current_user_id*acts as that one*");

            // A connection that was opened before: RESET ALL returns to what the login has.
            await using var raw = await fixture.OpenAsAppUserAsync();
            (await raw.ScalarAsync<string>("SELECT current_setting('app.current_user_id', true)")).Should().Be("eve");
            (await fixture.Factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<string>(Who, cancellationToken: Cancel)).Should().Be("nobody|{}");
        }
        finally
        {
            await fixture.AsSuperuserAsync($"ALTER ROLE app_user IN DATABASE {fixture.Database.Name} RESET app.current_user_id");
        }
    }

    [Theory]
    [InlineData("app.current_user_id", "eve")]
    [InlineData("app.current_user_id", "")]
    [InlineData("app.current_roles", "{clerk,owner}")]
    [InlineData("app.current_roles", "{}")]
    [InlineData("app.current_roles", "")]
    public async Task A_unit_of_work_whose_user_was_changed_is_not_committed(string setting, string value)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA.As("ann", "clerk"), Cancel);
        await work.ExecuteAsync(Seed.Insert(Seed.A, "by eve"), cancellationToken: Cancel);
        await work.ExecuteScalarAsync<string>($"SELECT set_config('{setting}', '{value}', true)", cancellationToken: Cancel);
        await work.Invoking(w => w.CommitAsync(Cancel)).Should().ThrowAsync<TenantContextChangedException>();
        (await fixture.TruthAsync<long>("SELECT count(*) FROM invoices WHERE customer_name = 'by eve'")).Should().Be(0);
    }

    [Fact]
    public void A_context_with_a_user_is_another_context()
    {
        var a = fixture.ContextA;
        var ann = a.As("ann", "clerk");
        ann.Should().Be(a.As("ann", "clerk")).And.NotBe(a).And.NotBe(a.As("ann")).And.NotBe(a.As("ann", "owner")).And.NotBe(a.As("bob", "clerk"));
        ann.GetHashCode().Should().Be(a.As("ann", "clerk").GetHashCode());
        (ann.AsReadOnly().UserId, ann.AsReadOnly().Roles[0], ann.AsReadOnly().AsReadWrite()).Should().Be(("ann", "clerk", ann));
        ann.ToString().Should().NotContain("ann").And.NotContain("clerk");
    }

    [Fact]
    public void Users_and_roles_are_text_that_the_database_can_store_and_an_admin_has_none()
    {
        foreach (var bad in new[] { null!, "", " ", "a\0", "a\ud800", new string('x', 1001) })
        {
            fixture.ContextA.Invoking(a => a.As(bad)).Should().Throw<ArgumentException>().WithParameterName("userId");
            fixture.ContextA.Invoking(a => a.As("ann", "clerk", bad)).Should().Throw<ArgumentException>().WithParameterName("roles");
        }

        fixture.ContextA.Invoking(a => a.As("ann", (string[])null!)).Should().Throw<ArgumentNullException>();
        fixture.ContextA.Invoking(a => a.As("ann", [.. Enumerable.Repeat("x", 1001)])).Should().Throw<ArgumentException>().WithMessage("*at most 1000*");
        TenantContext.ForAdmin("ann", "why").Invoking(admin => admin.As("bob")).Should().Throw<InvalidOperationException>().WithMessage("*actor*");
    }
}
