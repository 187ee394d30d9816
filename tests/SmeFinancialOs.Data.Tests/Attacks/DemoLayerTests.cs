using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Three layers keep the demo read-only; each is shown to hold alone, and without any of them the demo is written to.</summary>
public sealed class DemoLayerTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Grants = "GRANT INSERT, UPDATE, DELETE ON public.invoices TO demo_role";
    private const string Permission = "CREATE POLICY demo_writes ON public.invoices TO demo_role USING (org_id = app.demo_org_id()) "
        + "WITH CHECK (org_id = app.demo_org_id())";
    private const string ReadOnly = "SELECT set_config('transaction_read_only', 'on', true)";

    public static TheoryData<string> Writes =>
    [
        Seed.Insert(Seed.Demo),
        $"INSERT INTO public.invoices (org_id, id, number, amount_cents, customer_name, issued_at) "
            + $"VALUES ('{Seed.Demo}', '{Seed.InvoiceOfDemo}', 'Y', 1, 'planted', '2026-01-01') ON CONFLICT (org_id, id) DO "
            + "UPDATE SET customer_name = 'stolen'",
        "UPDATE public.invoices SET customer_name = 'stolen'",
        "DELETE FROM public.invoices",
        "MERGE INTO public.invoices i USING (SELECT 1) s ON i.amount_cents > 0 WHEN MATCHED THEN UPDATE SET customer_name = 'stolen'",
    ];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Demo_role_alone_refuses_writes(string write)
    {
        // The tables' grants are enough, with row-level security off altogether.
        await using var trial = await Attack.StartAsync(fixture, Actor.Demo, without: "ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY");
        (await trial.TryAsync(write)).SqlState.Should().Be("42501");
        (await trial.OthersWereChangedAsync()).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task The_restrictive_policies_alone_refuse_the_tenant_role_with_the_demos_id(string write)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantRoleOnDemo);
        var state = (await trial.TryAsync(write)).SqlState;
        state
            .Should().Be(write.StartsWith("INSERT", StringComparison.Ordinal) || write.StartsWith("MERGE", StringComparison.Ordinal) ? "42501" : null,
                "UPDATE and DELETE find no row");
        (await trial.OthersWereChangedAsync()).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task The_restrictive_policies_alone_refuse_a_demo_role_that_was_granted_writes(string write)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.Demo, without: $"{Grants}; {Permission}");
        await trial.TryAsync(write);
        (await trial.OthersWereChangedAsync()).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Read_only_transaction_alone_refuses_writes(string write)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.Demo, without: $"{DefenceRemoval.DemoPolicies}; {Grants}; {Permission}");
        await trial.Connection.RunAsync(ReadOnly);
        (await trial.TryAsync(write)).SqlState.Should().Be("25006");
        (await trial.TryAsync("SELECT set_config('transaction_read_only', 'off', true)")).SqlState
            .Should().Be("25001", "it cannot be undone in its transaction");
        (await trial.TryAsync("SET TRANSACTION READ WRITE")).SqlState.Should().Be("25001");
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Without_all_three_the_demo_is_written_to(string write)
    {
        await using (var demo = await Attack.StartAsync(fixture, Actor.Demo, without: $"{DefenceRemoval.DemoPolicies}; {Grants}; {Permission}"))
        {
            (await demo.TryAsync(write)).SqlState.Should().BeNull();
            (await demo.OthersWereChangedAsync()).Should().BeTrue();
        }

        await using var tenant = await Attack.StartAsync(fixture, Actor.TenantRoleOnDemo, without: DefenceRemoval.DemoPolicies);
        (await tenant.TryAsync(write)).SqlState.Should().BeNull();
        (await tenant.OthersWereChangedAsync()).Should().BeTrue();
    }
}
