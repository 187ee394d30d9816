using System.Transactions;
using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class AdminContextTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private readonly string _reason = Guid.NewGuid().ToString("N");

    private TenantContext Admin => TenantContext.ForAdmin("alice", _reason);

    [Fact]
    public async Task Admin_contexts_need_a_data_source_of_their_own()
    {
        var factory = new TenantConnectionFactory(fixture.AppDataSource);
        await factory.Invoking(f => f.OpenConnectionAsync(Admin).AsTask()).Should().ThrowAsync<InvalidOperationException>().WithMessage("*AdminDataSource*");
        factory.Invoking(f => f.CreateSession(Admin)).Should().Throw<InvalidOperationException>().WithMessage("*AdminDataSource*");
    }

    [Fact]
    public async Task Entry_in_the_access_log_survives_a_rollback()
    {
        await using (await fixture.Factory.OpenConnectionAsync(Admin))
        {
            // not committed
        }

        (await EntriesAsync()).Should().Equal(("alice", "admin_user", true));
    }

    [Fact]
    public async Task Entry_in_the_access_log_cannot_be_taken_back_by_an_ambient_transaction()
    {
        long seen = 0;
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)) // never completed
        {
            try
            {
                seen = await fixture.Factory.CreateSession(Admin).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices");
            }
            catch (InvalidOperationException)
            {
                // refused: then nothing was seen either
            }
        }

        (await EntriesAsync()).Should().HaveCount(seen == 0 ? 0 : 1, "who saw rows is in the log");
    }

    [Fact]
    public async Task Session_is_logged_once_before_its_first_call()
    {
        var session = fixture.Factory.CreateSession(Admin.AsReadWrite());
        (await EntriesAsync()).Should().BeEmpty();
        await session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices");
        await session.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices");
        (await EntriesAsync()).Should().Equal(("alice", "admin_user", false));
    }

    [Fact]
    public async Task Admin_that_cannot_be_logged_is_not_opened()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        await superuser.ExecuteAsync("REVOKE INSERT (actor, reason, read_only) ON app.admin_access_log FROM admin_role");
        try
        {
            await fixture.Factory.Invoking(f => f.OpenConnectionAsync(Admin).AsTask()).Should().ThrowAsync<TenantAccessDeniedException>();
        }
        finally
        {
            await superuser.ExecuteAsync("GRANT INSERT (actor, reason, read_only) ON app.admin_access_log TO admin_role");
        }
    }

    [Fact]
    public async Task Admin_sees_all_organizations_and_writes_only_when_asked_for()
    {
        (await fixture.Factory.CreateSession(Admin).ExecuteScalarAsync<long>("SELECT count(DISTINCT org_id) FROM invoices")).Should().BeGreaterThanOrEqualTo(2);
        await fixture.Factory.CreateSession(Admin).Invoking(s => s.ExecuteAsync("UPDATE invoices SET status = 'void'"))
            .Should().ThrowAsync<TenantAccessDeniedException>();

        await using var work = await fixture.Factory.OpenConnectionAsync(Admin.AsReadWrite());
        (await work.ExecuteAsync("UPDATE invoices SET status = 'void'")).Should().BePositive();
    }

    [Fact]
    public async Task Admin_has_no_organization()
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AdminConnectionString + $";Options=-c app.current_org_id={fixture.OrganizationB}");
        var factory = new TenantConnectionFactory(fixture.AppDataSource, new() { AdminDataSource = source });
        (await factory.CreateSession(Admin).ExecuteScalarAsync<Guid?>("SELECT app.current_org_id()")).Should().BeNull("a default on the login is no tenant");
        await new InvoiceRepository(factory.CreateSession(Admin)).Invoking(r => r.ListAsync())
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*ForOrganization*");
    }

    private async Task<List<(string, string, bool)>> EntriesAsync()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        return (await superuser.QueryAsync<(string, string, bool)>(
            "SELECT actor, login::text, read_only FROM app.admin_access_log WHERE reason = @reason ORDER BY id", new { reason = _reason })).AsList();
    }
}
