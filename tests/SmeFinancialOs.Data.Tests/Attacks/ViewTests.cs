using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Views ask the policies of their owner, unless they are security_invoker.</summary>
public sealed class ViewTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Grant = "GRANT SELECT, UPDATE ON public.listing TO tenant_role";
    private const string Read = "SELECT customer_name FROM public.listing";

    public static TheoryData<string, bool, bool> Views => new()
    {
        // how the view is made, whether A sees its own rows, whether A sees B's
        { "SET LOCAL ROLE app_owner; CREATE VIEW public.listing WITH (security_invoker = true) AS TABLE public.invoices", true, false },
        { "CREATE VIEW public.listing WITH (security_invoker = true) AS TABLE public.invoices", true, false },
        // Under FORCE the owner is bound, too: its policy shows it the rows of the tenant in force.
        { "SET LOCAL ROLE app_owner; CREATE VIEW public.listing AS TABLE public.invoices", true, false },
        { $"{DefenceRemoval.Force}; SET LOCAL ROLE app_owner; CREATE VIEW public.listing AS TABLE public.invoices", true, true },
        { $"{DefenceRemoval.Force}; SET LOCAL ROLE app_owner; CREATE VIEW public.listing WITH (security_barrier = true) AS TABLE public.invoices", true, true },
        // FORCE does not bind a superuser.
        { "CREATE VIEW public.listing AS TABLE public.invoices", true, true },
        // The whole chain has to be an invoker's.
        { "CREATE VIEW public.inner_listing AS TABLE public.invoices; GRANT SELECT ON public.inner_listing TO tenant_role; "
            + "CREATE VIEW public.listing WITH (security_invoker = true) AS TABLE public.inner_listing", true, true },
        // OR REPLACE without the option drops it.
        { "CREATE VIEW public.listing WITH (security_invoker = true) AS TABLE public.invoices; "
            + "CREATE OR REPLACE VIEW public.listing AS TABLE public.invoices", true, true },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public async Task A_view_is_safe_as_security_invoker_or_under_a_forced_owner(string view, bool showsOwn, bool showsForeign)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: $"{view}; RESET ROLE; {Grant}");
        var seen = await trial.TryAsync(Read);
        seen.Shows(Seed.SecretOfA).Should().Be(showsOwn);
        seen.Shows(Seed.SecretOfB).Should().Be(showsForeign);
        await trial.TryAsync("UPDATE public.listing SET customer_name = 'stolen'");
        (await trial.OthersWereChangedAsync())
            .Should().Be(showsForeign && !view.Contains("inner_listing", StringComparison.Ordinal), "the inner view was not granted UPDATE");
    }

    [Fact]
    public async Task A_materialized_view_cannot_be_protected_and_shows_what_it_was_filled_with()
    {
        const string view = "CREATE MATERIALIZED VIEW public.listing AS TABLE public.invoices; GRANT SELECT ON public.listing TO tenant_role";
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: view);
        (await trial.TryAsync(Read)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task The_forced_owner_cannot_fill_a_materialized_view_without_a_maintenance()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.Owner);
        (await trial.TryAsync("CREATE MATERIALIZED VIEW public.listing AS TABLE public.invoices")).SqlState.Should().Be("42501");
    }

    [Theory]
    [InlineData("CREATE VIEW public.listing AS TABLE public.invoices")]
    [InlineData("CREATE MATERIALIZED VIEW public.listing AS TABLE public.invoices")]
    [InlineData("CREATE VIEW app.listing AS TABLE public.invoices")]
    public async Task Tenant_cannot_make_a_view(string sql)
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.SqlStateOfAsync(sql)).Should().Be("42501");
    }

    [Theory]
    [InlineData("CREATE MATERIALIZED VIEW public.listing AS TABLE public.invoices")]
    [InlineData("CREATE VIEW public.listing AS TABLE public.invoices")]
    [InlineData(
        "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE public.listing (org_id uuid NOT NULL) SERVER far")]
    [InlineData("CREATE TABLE public.lists (org_id uuid NOT NULL) PARTITION BY HASH (org_id); CREATE TABLE public.listing PARTITION OF public.lists FOR VALUES "
        + "WITH (MODULUS 1, REMAINDER 0)")]
    public async Task Protect_table_refuses_what_cannot_be_protected(string view)
    {
        await using var trial = await Attack.StartAsync(fixture, new Actor(null, null, ""), without: view);
        (await trial.TryAsync("SELECT app.protect_table('public.listing')")).SqlState.Should().Be("42809");
    }
}
