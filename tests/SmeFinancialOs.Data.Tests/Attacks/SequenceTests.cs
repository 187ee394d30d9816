using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>A sequence counts the rows of all tenants.</summary>
public sealed class SequenceTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task Known_limit_a_serial_column_tells_how_many_rows_all_tenants_have()
    {
        const string scene = $"""
            SET LOCAL ROLE app_owner; CREATE TABLE public.ticket (org_id uuid NOT NULL REFERENCES public.organizations (id), no bigserial);
            SELECT app.protect_table('public.ticket'); RESET ROLE; INSERT INTO public.ticket VALUES ('{Seed.B}'), ('{Seed.B}')
            """;
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene);
        (await trial.TryAsync("SELECT last_value FROM public.ticket_no_seq")).SqlState.Should().Be("42501");
        (await trial.TryAsync("SELECT setval('public.ticket_no_seq', 1)")).SqlState.Should().Be("42501");
        // USAGE, which an INSERT needs, is enough for these two. So ids are uuids here, and numbers belong to one organization.
        (await trial.TryAsync("SELECT pg_sequence_last_value('public.ticket_no_seq')")).Values.Should().Equal("2");
        (await trial.TryAsync($"INSERT INTO public.ticket VALUES ('{Seed.A}') RETURNING no")).Values.Should().Equal("3");
    }

    [Fact]
    public async Task The_schema_has_no_sequence_that_tenants_share()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        (await superuser.ReadAsync("SELECT relname FROM pg_class WHERE relkind = 'S' AND (has_sequence_privilege('tenant_role', oid, 'USAGE') "
            + "OR has_sequence_privilege('tenant_role', oid, 'SELECT'))"))
            .Should().BeEmpty();
    }
}
