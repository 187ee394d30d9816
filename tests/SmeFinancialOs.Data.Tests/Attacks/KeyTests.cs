using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Keys look past the policies; carrying org_id they tell nothing, and neither does the text of an error.</summary>
public sealed class KeyTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [InlineData($"('{Seed.A}', '{Seed.InvoiceOfB}', 'X-1', 1, 'mine', '2026-01-01')")]
    [InlineData($"('{Seed.A}', gen_random_uuid(), 'B-1', 1, 'mine', '2026-01-01')")]
    public async Task What_another_tenant_uses_as_key_is_free(string values)
    {
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
            (await trial.TryAsync($"INSERT INTO public.invoices (org_id, id, number, amount_cents, customer_name, issued_at) VALUES {values}")).SqlState
                .Should().BeNull();

        await using var global = await Attack.StartAsync(fixture, Actor.TenantA, without: "ALTER TABLE public.invoices ADD UNIQUE (id), ADD UNIQUE (number)");
        (await global.TryAsync($"INSERT INTO public.invoices (org_id, id, number, amount_cents, customer_name, issued_at) VALUES {values}")).SqlState
            .Should().Be("23505");
    }

    [Fact]
    public async Task A_unique_key_without_the_organization_would_be_an_oracle_for_upserts_too()
    {
        const string upsert = $"INSERT INTO public.invoices (org_id, number, amount_cents, customer_name, issued_at) "
            + $"VALUES ('{Seed.A}', 'B-1', 1, 'mine', '2026-01-01') ON CONFLICT (number) DO UPDATE SET customer_name = 'stolen'";
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: "ALTER TABLE public.invoices ADD UNIQUE (number)");
        (await trial.TryAsync(upsert)).SqlState.Should().Be("42501");
        (await trial.OthersWereChangedAsync()).Should().BeFalse();
    }

    [Fact]
    public async Task Slugs_are_unique_across_tenants_on_purpose_and_name_no_owner()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        var error = (await trial.TryAsync("UPDATE public.organizations SET slug = 'b'")).Error!;
        error.SqlState.Should().Be("23505");
        error.Detail.Should().BeNull();
        $"{error.MessageText} {error.Hint}".Should().NotContain(Seed.B);
    }

    [Theory]
    [InlineData($"UPDATE public.invoices SET number = 'A-2' WHERE number = 'A-1'", "23505")]
    [InlineData("UPDATE public.invoices SET amount_cents = NULL", "23502")]
    [InlineData("UPDATE public.invoices SET status = 'nonsense'", "23514")]
    [InlineData("UPDATE public.invoices SET org_id = 'bbbbbbbb-0000-4000-8000-000000000001'", "42501")]
    public async Task Errors_of_constraints_carry_no_row(string sql, string state)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        var error = (await trial.TryAsync(sql)).Error!;
        error.SqlState.Should().Be(state);
        error.Detail.Should().BeNull("the server shows no values under row-level security");
    }

    [Fact]
    public async Task The_same_error_shows_values_without_row_level_security()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: "ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY");
        (await trial.TryAsync($"UPDATE public.invoices SET status = 'nonsense' WHERE number = 'B-1'")).Shows(Seed.SecretOfB).Should().BeTrue();
    }
}
