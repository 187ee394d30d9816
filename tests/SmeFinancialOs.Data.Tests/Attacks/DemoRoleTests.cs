using Dapper;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Three layers keep the demo as it is; each must hold where the other two were forgotten.</summary>
public sealed class DemoRoleTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Insert = "INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{demo}', 'planted', 1, 'x', now())";

    private readonly Attacker _attacker = new(fixture);

    public static TheoryData<string> Writes => [Insert, "UPDATE invoices SET customer_name = 'x'", "DELETE FROM invoices", "UPDATE organizations SET name = 'x'", "DELETE FROM organizations"];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Role_alone_refuses(string write) => // read-write transaction, no restrictive policy needed
        (await _attacker.AttackAsync(write, "demo_role", TenantContext.DemoOrganizationId)).SqlState.Should().Be("42501");

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Restrictive_policies_alone_refuse(string write)
    {
        // the tenant's role with the demo's id: nothing but the policies is in the way. An update or delete is refused without a word: no row changes.
        var (state, _) = await _attacker.AttackAsync(write, "tenant_role", TenantContext.DemoOrganizationId);
        state.Should().Be(write == Insert ? "42501" : null);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Read_only_transaction_alone_refuses(string write)
    {
        // a superuser in the demo's role's place, in the transaction the library opens
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        await using var transaction = await superuser.BeginTransactionAsync();
        await superuser.ExecuteAsync("SELECT set_config('transaction_read_only', 'on', true)");
        (await superuser.Invoking(async c => await c.ExecuteAsync(await _attacker.FillAsync(write))).Should().ThrowAsync<Npgsql.PostgresException>()).Which.SqlState.Should().Be("25006");
    }

    [Fact]
    public async Task Demo_sees_the_demo_alone_whatever_tenant_is_set()
    {
        var (_, seen) = await _attacker.AttackAsync("SELECT org_id FROM invoices UNION ALL SELECT id FROM organizations", "demo_role", fixture.OrganizationB);
        seen.Should().NotBeEmpty().And.OnlyContain(id => id == TenantContext.DemoOrganizationId.ToString());
    }

    [Theory]
    [InlineData("SET LOCAL transaction_read_only = off")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', true)")]
    [InlineData("SET TRANSACTION READ WRITE")]
    public async Task Demo_unit_of_work_cannot_leave_its_read_only_transaction(string sql)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.Demo);
        await work.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices");
        await work.Invoking(w => w.ExecuteAsync(sql)).Should().ThrowAsync<Npgsql.PostgresException>().WithMessage("25001*");
    }
}
