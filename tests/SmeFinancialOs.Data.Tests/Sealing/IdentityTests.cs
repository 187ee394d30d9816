using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>What a token is for, tenant, user and roles, travels in settings that any SQL can write.</summary>
public sealed class IdentityTests(SealedDatabaseFixture fixture) : IClassFixture<SealedDatabaseFixture>
{
    private const string Rows = "SELECT count(*) FROM public.invoices";
    private const string Who = "SELECT concat_ws('|', app.current_org_id(), app.current_user_id(), app.current_roles()::text)";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TenantContext Ann => fixture.ContextA.As("ann", "clerk", "auditor");

    [Theory]
    [InlineData("app.current_org_id", Seed.B)]
    [InlineData("app.current_org_id", "")]
    [InlineData("app.current_org_id", " " + Seed.A)]
    [InlineData("app.current_user_id", "bob")]
    [InlineData("app.current_user_id", "")]
    [InlineData("app.current_user_id", "ann5:clerk")]
    [InlineData("app.current_roles", "{owner}")]
    [InlineData("app.current_roles", "{clerk,auditor,owner}")]
    [InlineData("app.current_roles", "{auditor,clerk}")]
    [InlineData("app.current_roles", "{clerk}")]
    [InlineData("app.current_roles", "{clerk,NULL,auditor}")]
    [InlineData("app.current_roles", "{\"clerk7:auditor\"}")]
    [InlineData("app.current_roles", "{}")]
    [InlineData("app.current_roles", "")]
    public async Task A_token_counts_for_the_tenant_the_user_and_the_roles_that_were_signed(string setting, string value)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(Ann, Cancel);
        (await work.ExecuteScalarAsync<string>(Who, cancellationToken: Cancel)).Should().Be(Seed.A + "|ann|{clerk,auditor}");
        (await work.ExecuteScalarAsync<long>(Rows, cancellationToken: Cancel)).Should().Be(Seed.InvoicesEach);

        await work.Connection.RunAsync($"SAVEPOINT s; SELECT set_config('{setting}', '{value}', true)");
        // Of another text than Rows: an error's rows are read as text, and Npgsql keeps that with what it has prepared.
        foreach (var sql in new[] { "SELECT id FROM public.invoices", "SELECT app.current_user_id()",
                     "SELECT app.current_roles()", "SELECT app.current_org_id()" })
        {
            await work.Connection.RunAsync("SAVEPOINT each");
            var error = await work.Connection.ErrorOfAsync(sql);
            (error?.SqlState, error?.MessageText).Should().Be((PostgresErrorCodes.InvalidAuthorizationSpecification,
                "the sealed context is one of another tenant, user or user's roles"), sql);
            await work.Connection.RunAsync("ROLLBACK TO each");
        }

        await work.Connection.RunAsync("ROLLBACK TO s");
        (await work.ExecuteScalarAsync<long>(Rows, cancellationToken: Cancel)).Should().Be(Seed.InvoicesEach);
    }

    [Fact]
    public async Task What_is_no_array_is_an_error_and_shows_nothing()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(Ann, Cancel);
        await work.Connection.RunAsync("SELECT set_config('app.current_roles', 'no array', true)");
        (await work.Connection.SqlStateOfAsync("SELECT id FROM public.invoices")).Should().Be(PostgresErrorCodes.InvalidTextRepresentation);
    }

    /// <summary>Any text is signed and read alike: lengths are in code points, and the server formats the roles.</summary>
    [Theory]
    [InlineData("ann", "a,b", "{x}", "\"quoted\"", "back\\slash", "NULL", "null", " blank ", "'; DROP TABLE invoices; --")]
    [InlineData("12:ann", "1:a", ":", "0:")]
    [InlineData("\u00e9\u4e2d\U0001f600", "\U0001f600\U0001f600", "e\u0301")]
    [InlineData("ann")]
    [InlineData(" ann ")]
    public async Task Any_user_and_roles_are_signed(string user, params string[] roles)
    {
        var session = fixture.Factory.CreateSession(fixture.ContextA.As(user, roles));
        (await session.ExecuteScalarAsync<string>("SELECT app.current_user_id()", cancellationToken: Cancel)).Should().Be(user);
        (await session.QueryAsync<string>("SELECT unnest(app.current_roles())", cancellationToken: Cancel)).Should().Equal(roles);
        (await session.ExecuteScalarAsync<long>(Rows, cancellationToken: Cancel)).Should().Be(Seed.InvoicesEach);
    }

    [Fact]
    public async Task A_thousand_roles_are_signed()
    {
        var roles = Enumerable.Range(0, 1000).Select(n => $"role {n}, \"{n}\"").ToArray();
        var session = fixture.Factory.CreateSession(fixture.ContextA.As("ann", roles));
        (await session.QueryAsync<string>("SELECT unnest(app.current_roles())", cancellationToken: Cancel)).Should().Equal(roles);
    }

    [Fact]
    public async Task A_users_token_does_not_serve_another_user_of_the_same_organization()
    {
        await using var ann = await fixture.Factory.OpenConnectionAsync(Ann, Cancel);
        var token = await ann.Connection.ScalarAsync<string>("SELECT current_setting('app.context_token')");
        await ann.CommitAsync(Cancel);
        await using var bob = await fixture.Factory.OpenConnectionAsync(fixture.ContextA.As("bob"), Cancel);
        await bob.Connection.RunAsync($"SELECT set_config('app.context_token', '{token}', true)");
        (await bob.Connection.SqlStateOfAsync("SELECT id FROM public.invoices")).Should().Be(PostgresErrorCodes.InvalidAuthorizationSpecification);
    }
}
