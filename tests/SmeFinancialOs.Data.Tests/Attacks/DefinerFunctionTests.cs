using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>SECURITY DEFINER functions ask the policies of their owner.</summary>
public sealed class DefinerFunctionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Call = "SELECT public.listing()";

    private static string Function(string? owner, string prologue = "") => $"""
        {prologue};
        CREATE FUNCTION public.listing() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
            pg_temp AS 'SELECT customer_name FROM public.invoices';
        {(owner is null ? "" : $"ALTER FUNCTION public.listing() OWNER TO {owner}")}
        """;

    [Fact]
    public async Task A_definer_function_of_the_forced_owner_shows_the_callers_rows_alone()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: Function("app_owner"));
        var seen = await trial.TryAsync(Call);
        seen.Shows(Seed.SecretOfA).Should().BeTrue();
        seen.Shows(Seed.SecretOfB).Should().BeFalse();
    }

    [Fact]
    public async Task Definer_function_shows_everything_without_FORCE()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: Function("app_owner", DefenceRemoval.Force));
        (await trial.TryAsync(Call)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task A_superusers_definer_function_shows_everything_even_under_FORCE()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: Function(owner: null));
        (await trial.TryAsync(Call)).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task The_schema_has_one_definer_function_and_pins_every_search_path_with_pg_temp_last()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        (await superuser.ReadAsync("SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('app'::regnamespace, 'public'::regnamespace) "
            + "AND p.prosecdef")).Should().Equal("app.begin_maintenance(text)");

        // A body in SQL (prosqlbody) is bound to its objects when it is made; a body in text looks names up each time.
        const string unpinned = """
            SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('app'::regnamespace, 'public'::regnamespace) AND p.prosqlbody IS NULL
            AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search\_path=%pg_temp')
            """;
        (await superuser.ReadAsync(unpinned)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("SET search_path = public", true)]
    [InlineData("SET search_path = public, pg_temp", false)]
    public async Task A_definer_function_is_shadowed_by_a_temporary_table_unless_pg_temp_is_last(string pin, bool isShadowed)
    {
        // TEMP is granted for once: it is what makes the attack impossible at all.
        var scene = $"""
            CREATE TABLE public.members (org uuid); INSERT INTO public.members VALUES ('{Seed.A}');
            CREATE FUNCTION public.my_org() RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER {pin} AS $$ BEGIN RETURN (SELECT org FROM members); END $$;
            GRANT TEMPORARY ON DATABASE {fixture.Database.Name} TO PUBLIC
            """;
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene);
        (await trial.TryAsync($"CREATE TEMP TABLE members AS SELECT uuid '{Seed.B}' AS org; GRANT SELECT ON members TO PUBLIC")).SqlState.Should().BeNull();
        (await trial.TryAsync("SELECT public.my_org()")).Values.Should().Equal(isShadowed ? Seed.B : Seed.A);
    }
}
