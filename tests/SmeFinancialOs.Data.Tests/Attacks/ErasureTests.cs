using SmeFinancialOs.Data.Schema;
using SmeFinancialOs.Data.Tests.Sealing;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>No statement of a tenant erases the customer, by an injection or a forgotten WHERE: that is an admin's act.</summary>
public abstract class ErasureTests(TenantDatabaseFixture fixture)
{
    private const string Everything = """
        SELECT md5((SELECT string_agg(i::text, '|' ORDER BY i.org_id, i.id) FROM public.invoices i)
                || (SELECT string_agg(o::text, '|' ORDER BY o.id) FROM public.organizations o))
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ErasureAttacks.OnItself), MemberType = typeof(ErasureAttacks))]
    [MemberData(nameof(ErasureAttacks.OnItsIdentity), MemberType = typeof(ErasureAttacks))]
    public Task Tenant_cannot_erase_its_organization(string attack) => IsRefusedAsync(attack);

    [Theory]
    [MemberData(nameof(ErasureAttacks.OnItself), MemberType = typeof(ErasureAttacks))]
    public async Task Tenant_cannot_erase_its_organization_in_a_unit_of_work(string attack)
    {
        var before = await fixture.TruthAsync<string>(Everything);
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token))
            await work.Invoking(w => w.ExecuteAsync(attack, cancellationToken: Token)).Should().ThrowAsync<TenantAccessDeniedException>();
        (await fixture.TruthAsync<string>(Everything)).Should().Be(before);
    }

    [Fact]
    public async Task Tenant_cannot_erase_its_organization_after_the_table_was_protected_again()
    {
        await fixture.AsSuperuserAsync("GRANT ALL ON public.organizations TO tenant_role, PUBLIC; SELECT app.protect_table('public.organizations', 'id')");
        await IsRefusedAsync("DELETE FROM public.organizations");
        await IsRefusedAsync($"SELECT app.delete_tenant('{Seed.A}')");
    }

    [Fact]
    public async Task Tenant_cannot_erase_its_organization_after_the_migrations_ran_again()
    {
        await new SchemaMigrator(fixture.Database.SuperuserConnectionString).MigrateAsync(Token);
        await IsRefusedAsync("DELETE FROM public.organizations");
        await IsRefusedAsync($"SELECT app.delete_tenant('{Seed.A}')");
    }

    [Theory]
    [InlineData("DELETE FROM public.organizations", typeof(DemoReadOnlyException))]
    [InlineData("SELECT app.delete_tenant('de300000-0000-4000-8000-000000000001')", typeof(MissingPrivilegeException))]
    public async Task Demo_cannot_erase_its_organization(string attack, Type fault)
    {
        var before = await fixture.TruthAsync<string>(Everything);
        var session = fixture.Factory.CreateSession(TenantContext.Demo);
        var refused = await session.Invoking(s => s.ExecuteAsync(attack, cancellationToken: Token)).Should().ThrowAsync<TenantDataException>();
        refused.Which.Should().BeOfType(fault);
        (await fixture.TruthAsync<string>(Everything)).Should().Be(before);
    }

    [Theory]
    [InlineData($"DELETE FROM public.organizations WHERE id = '{Seed.A}'")]
    [InlineData($"SELECT app.delete_tenant('{Seed.A}')")]
    public async Task Admin_erases_an_organization_and_the_erasure_is_logged(string sql)
    {
        try
        {
            var reason = $"erasure {Guid.NewGuid()}";
            await fixture.Factory.CreateSession(TenantContext.ForAdmin("alice", reason).AsReadWrite()).ExecuteAsync(sql, cancellationToken: Token);
            (await CountAsync($"public.organizations WHERE id = '{Seed.A}'")).Should().Be(0);
            (await CountAsync($"public.invoices WHERE org_id = '{Seed.A}'")).Should().Be(0);
            (await CountAsync($"app.admin_access_log WHERE actor = 'alice' AND NOT read_only AND reason = '{reason}'")).Should().Be(1);
        }
        finally
        {
            await fixture.SeedAsync();
        }
    }

    [Fact]
    public async Task Admin_of_a_read_only_context_erases_nothing()
    {
        var before = await fixture.TruthAsync<string>(Everything);
        var session = fixture.Factory.CreateSession(TenantContext.ForAdmin("alice", "test"));
        await session.Invoking(s => s.ExecuteAsync("DELETE FROM public.organizations", cancellationToken: Token))
            .Should().ThrowAsync<TenantAccessDeniedException>();
        (await fixture.TruthAsync<string>(Everything)).Should().Be(before);
    }

    private Task<long> CountAsync(string from) => fixture.TruthAsync<long>($"SELECT count(*) FROM {from}");

    private async Task IsRefusedAsync(string attack)
    {
        var before = await fixture.TruthAsync<string>(Everything);
        var session = fixture.Factory.CreateSession(fixture.ContextA);
        try
        {
            var refused = await session.Invoking(s => s.ExecuteAsync(attack, cancellationToken: Token)).Should().ThrowAsync<TenantAccessDeniedException>();
            refused.Which.SqlState.Should().Be("42501");
            (await fixture.TruthAsync<string>(Everything)).Should().Be(before);
        }
        finally
        {
            await fixture.SeedAsync();
        }
    }
}

public sealed class PlainErasureTests(TenantDatabaseFixture fixture) : ErasureTests(fixture), IClassFixture<TenantDatabaseFixture>;

public sealed class SealedErasureTests(SealedDatabaseFixture fixture) : ErasureTests(fixture), IClassFixture<SealedDatabaseFixture>;
