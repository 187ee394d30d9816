using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>A table that nobody has protected is out of reach: it has no grants.</summary>
public sealed class NewTableTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string AsOwner = "SET LOCAL ROLE app_owner; ";
    private const string Read = "SELECT customer_name FROM public.forgotten";

    public static TheoryData<string> Tables =>
    [
        "CREATE TABLE public.forgotten (org_id uuid, customer_name text)",
        "CREATE TABLE public.forgotten (LIKE public.invoices INCLUDING ALL)",
        "CREATE TABLE public.forgotten AS TABLE public.invoices WITH NO DATA",
        "CREATE TABLE public.forgotten () INHERITS (public.invoices)",
    ];

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_forgotten_table_has_no_row_level_security_and_no_grants(string table)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: $"{AsOwner}{table}; RESET ROLE");
        (await trial.TryAsync("SELECT relrowsecurity FROM pg_class WHERE oid = 'public.forgotten'::regclass")).Values.Should().Equal("f");
        (await trial.TryAsync(Read)).SqlState.Should().Be("42501");
        (await trial.TryAsync("DELETE FROM public.forgotten")).SqlState.Should().Be("42501");
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Default_privileges_would_open_a_forgotten_table_to_tenants(string table)
    {
        const string grants = "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT SELECT ON TABLES TO tenant_role; ";
        var fill = $"; RESET ROLE; INSERT INTO public.forgotten (SELECT "
            + $"{(table.Contains("(org_id", StringComparison.Ordinal) ? "org_id, customer_name" : "*")} FROM public.invoices WHERE org_id = '{Seed.B}')";
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: grants + AsOwner + table + fill);
        (await trial.TryAsync(Read)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task The_schema_sets_no_default_privileges()
    {
        (await fixture.TruthAsync<long>("SELECT count(*) FROM pg_default_acl")).Should().Be(0);
    }
}
