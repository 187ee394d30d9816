using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Foreign keys look past the policies; carrying org_id they tell nothing.</summary>
public sealed class ForeignKeyTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Lines = """
        SET LOCAL ROLE app_owner;
        CREATE TABLE public.invoice_lines (org_id uuid NOT NULL, id uuid NOT NULL DEFAULT gen_random_uuid(), invoice_id uuid NOT NULL, PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, invoice_id) REFERENCES public.invoices (org_id, id) ON DELETE CASCADE);
        SELECT app.protect_table('public.invoice_lines'); RESET ROLE
        """;

    private static string Line(string organization, string invoice) =>
        $"INSERT INTO public.invoice_lines (org_id, invoice_id) VALUES ('{organization}', '{invoice}')";

    [Fact]
    public async Task A_child_cannot_point_at_another_tenants_parent_and_does_not_learn_that_it_exists()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: Lines);
        (await trial.TryAsync(Line(Seed.A, Seed.InvoiceOfA))).SqlState.Should().BeNull();

        var existing = (await trial.TryAsync(Line(Seed.A, Seed.InvoiceOfB))).Error!;
        var missing = (await trial.TryAsync(Line(Seed.A, "cccccccc-0000-4000-8000-0000000000a1"))).Error!;
        existing.SqlState.Should().Be("23503").And.Be(missing.SqlState);
        existing.MessageText.Should().Be(missing.MessageText);
        existing.Detail.Should().Be(missing.Detail?.Replace("cccccccc-0000-4000-8000-0000000000a1", Seed.InvoiceOfB, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_foreign_key_on_the_id_alone_would_accept_another_tenants_parent()
    {
        const string loose = """
            ALTER TABLE public.invoices ADD CONSTRAINT invoices_id_key UNIQUE (id);
            CREATE TABLE public.invoice_lines (org_id uuid NOT NULL REFERENCES public.organizations (id),
                invoice_id uuid NOT NULL REFERENCES public.invoices (id));
            SELECT app.protect_table('public.invoice_lines')
            """;
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: loose);
        (await trial.TryAsync(Line(Seed.A, Seed.InvoiceOfB))).SqlState.Should().BeNull();
        (await trial.TryAsync(Line(Seed.A, Guid.NewGuid().ToString()))).SqlState.Should().Be("23503", "an oracle");
        await trial.BecomeAsync(Actor.TenantB);
        (await trial.TryAsync($"DELETE FROM public.invoices WHERE id = '{Seed.InvoiceOfB}'")).SqlState.Should().Be("23503", "A now blocks B");
    }

    [Fact]
    public async Task A_composite_foreign_key_with_a_nullable_organization_would_not_be_checked()
    {
        var nullable = Lines.Replace("org_id uuid NOT NULL,", "org_id uuid,", StringComparison.Ordinal)
            .Replace("PRIMARY KEY (org_id, id),", "", StringComparison.Ordinal);
        await using var trial = await Attack.StartAsync(fixture, new Actor(null, null, ""));
        (await trial.TryAsync(nullable)).SqlState.Should().Be("23502", "protect_table refuses it");

        await using var forced = await Attack.StartAsync(fixture, new Actor(null, null, ""),
            without: nullable.Replace("SELECT app.protect_table('public.invoice_lines');", "", StringComparison.Ordinal));
        (await forced.TryAsync($"INSERT INTO public.invoice_lines (org_id, invoice_id) VALUES (NULL, '{Guid.NewGuid()}')")).SqlState.Should().BeNull();
    }

    [Theory]
    [InlineData("ON DELETE SET NULL", "23502")]
    [InlineData("ON DELETE SET NULL (invoice_id)", null)]
    public async Task A_parent_that_goes_must_not_take_the_childs_organization_with_it(string action, string? state)
    {
        var lines = Lines.Replace("ON DELETE CASCADE", action, StringComparison.Ordinal)
            .Replace("invoice_id uuid NOT NULL", "invoice_id uuid", StringComparison.Ordinal);
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: lines);
        (await trial.TryAsync(Line(Seed.A, Seed.InvoiceOfA))).SqlState.Should().BeNull();
        (await trial.TryAsync($"DELETE FROM public.invoices WHERE id = '{Seed.InvoiceOfA}'")).SqlState.Should().Be(state);
        if (state is null)
            (await trial.TryAsync("SELECT org_id FROM public.invoice_lines WHERE invoice_id IS NULL")).Values.Should().Equal(Seed.A);
    }
}
