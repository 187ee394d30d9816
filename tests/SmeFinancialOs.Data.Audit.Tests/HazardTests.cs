using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>The attacks behind rules that no other test shows: each gets through where the rule finds its fault, and not without it.</summary>
public sealed class HazardTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    private const string Parent = "ALTER TABLE public.items ADD parent uuid, ADD FOREIGN KEY (org_id, parent) REFERENCES public.items; ";
    private const string A = MigratedDatabase.A;
    private const string B = MigratedDatabase.B;

    [Theory]
    [InlineData("''", true)]
    [InlineData("pg_catalog", true)]
    [InlineData("pg_catalog, pg_temp", false)]
    public async Task A_temporary_domain_takes_the_place_of_a_type_unless_pg_temp_comes_last(string path, bool redirected)
    {
        await using var connection = await PlantAsync($"""
            GRANT TEMPORARY ON DATABASE $database TO $tenant;
            GRANT CREATE ON SCHEMA public TO $owner;
            SET LOCAL ROLE $owner;
            CREATE TABLE public.secrets (secret pg_catalog.text);
            INSERT INTO public.secrets VALUES ('s');
            CREATE FUNCTION public.length_of(given pg_catalog.text) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = {path}
                AS 'BEGIN RETURN pg_catalog.length(given::text); END';
            """);
        await connection.RunAsync(database.Named("""
            SET LOCAL ROLE $tenant;
            CREATE FUNCTION pg_temp.steal(pg_catalog.text) RETURNS boolean LANGUAGE plpgsql
                AS 'BEGIN PERFORM set_config(''x.stolen'', (SELECT secret FROM public.secrets), true); RETURN true; END';
            GRANT EXECUTE ON FUNCTION pg_temp.steal(pg_catalog.text) TO PUBLIC;
            CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.steal(VALUE));
            SELECT public.length_of('abc');
            """));
        (await connection.ScalarAsync<string>("SELECT coalesce(current_setting('x.stolen', true), '')")).Should().Be(redirected ? "s" : "");
    }

    [Fact]
    public async Task A_rewrite_rule_writes_where_the_app_may_not()
    {
        const string Log = "CREATE TABLE public.log (id uuid); ";
        await using var refused = await PlantAsync(Log, asTenant: true);
        (await refused.RefusalAsync("INSERT INTO public.log VALUES (gen_random_uuid())")).SqlState.Should().Be(PostgresErrorCodes.InsufficientPrivilege);

        await using var connection = await PlantAsync(Log + """
            ALTER TABLE public.log OWNER TO $owner;
            CREATE RULE copy AS ON INSERT TO public.items DO ALSO INSERT INTO public.log VALUES (new.id);
            """, asTenant: true);
        await connection.RunAsync($"INSERT INTO public.items VALUES ('{A}', gen_random_uuid())");
        await connection.RunAsync("RESET ROLE");
        (await connection.CountAsync("public.log")).Should().Be(1);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("ALTER TABLE public.items DISABLE TRIGGER ALL", true)]
    public async Task Without_its_triggers_a_foreign_key_lets_anything_through(string attack, bool accepted)
    {
        await using var connection = await PlantAsync(Parent + attack, asTenant: true);
        await InsertsAsync(connection, $"INSERT INTO public.items (org_id, id, parent) VALUES ('{A}', gen_random_uuid(), gen_random_uuid())", accepted);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("GRANT SET ON PARAMETER session_replication_role TO $tenant", true)]
    public async Task Whoever_may_set_session_replication_role_is_asked_for_no_foreign_key(string attack, bool accepted)
    {
        await using var connection = await PlantAsync(attack, asTenant: true);
        if (accepted)
            await connection.RunAsync("SET LOCAL session_replication_role = replica");
        else
            (await connection.RefusalAsync("SET LOCAL session_replication_role = replica")).SqlState.Should().Be(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Deleting_a_shared_row_deletes_what_other_tenants_have_under_it()
    {
        await using var connection = await PlantAsync($"""
            CREATE TABLE public.countries (code text PRIMARY KEY);
            GRANT SELECT, DELETE ON public.countries TO $tenant;
            INSERT INTO public.countries VALUES ('de');
            ALTER TABLE public.items ADD country text REFERENCES public.countries ON DELETE CASCADE;
            INSERT INTO public.items (org_id, id, country) VALUES ('{B}', gen_random_uuid(), 'de');
            """, asTenant: true);
        (await connection.CountAsync("public.items")).Should().Be(0, because: "it is B's");
        await connection.RunAsync("DELETE FROM public.countries; RESET ROLE");
        (await connection.CountAsync("public.items")).Should().Be(0, because: "A deleted it");
    }

    /// <summary>HAZARDS H86. AFTER triggers run as the tenant up to 17, and as the owner under FORCE from 18 on: then the policies hide all totals.</summary>
    [Theory]
    [InlineData("BEFORE", "ROW", "DELETE", "ON DELETE CASCADE", "", true)]
    [InlineData("BEFORE", "STATEMENT", "DELETE", "ON DELETE CASCADE", "", true)]
    [InlineData("BEFORE", "ROW", "DELETE", "ON DELETE CASCADE", "SECURITY DEFINER", true)]
    [InlineData("BEFORE", "ROW", "UPDATE", "ON DELETE SET NULL (item)", "", true)]
    [InlineData("BEFORE", "ROW", "UPDATE", "ON DELETE SET DEFAULT (item)", "", true)]
    [InlineData("BEFORE", "ROW", "UPDATE", "ON UPDATE CASCADE", "", true)]
    [InlineData("AFTER", "ROW", "DELETE", "ON DELETE CASCADE", "", false)]
    [InlineData("AFTER", "STATEMENT", "DELETE", "ON DELETE CASCADE", "", false)]
    [InlineData("AFTER", "ROW", "UPDATE", "ON UPDATE CASCADE", "SECURITY DEFINER", false)]
    public async Task Trigger_of_a_cascade_changes_other_tenants_rows_unless_it_names_the_tenant(string timing, string level, string @event, string action,
        string options, bool crosses)
    {
        (await TotalOfBAsync(CascadeFaults.Plant("UPDATE public.totals SET n = n - 1", @event, action, timing, level, options)))
            .Should().Be(crosses ? 4 : 5);
        var tie = level == "ROW" ? "OLD.org_id" : "(SELECT app.current_org_id())";
        (await TotalOfBAsync(CascadeFaults.Plant($"UPDATE public.totals SET n = n - 1 WHERE org_id = {tie}", @event, action, timing, level, options)))
            .Should().Be(5);
    }

    [Fact]
    public async Task Trigger_that_the_trigger_of_a_cascade_fires_after_its_write_runs_without_policies_too() =>
        (await TotalOfBAsync(CascadeFaults.Plant("UPDATE public.totals SET name = name WHERE org_id = OLD.org_id") + """
            CREATE FUNCTION public.h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE public.totals SET n = n - 1; RETURN NULL; END';
            CREATE TRIGGER next AFTER UPDATE OF name ON public.totals FOR EACH ROW EXECUTE FUNCTION public.h();
            """)).Should().Be(4);

    /// <summary>After the first tenant has deleted or changed an item of its own that a kid refers to.</summary>
    private async Task<long> TotalOfBAsync(string plant)
    {
        await using var connection = await PlantAsync($"""
            {plant}
            INSERT INTO public.totals (org_id) VALUES ('{A}'), ('{B}');
            INSERT INTO public.items (org_id, id) VALUES ('{A}', '{A}'), ('{A}', '00000000-0000-4000-8000-000000000000');
            INSERT INTO public.kids (org_id, item) VALUES ('{A}', '{A}');
            """, asTenant: true);
        await connection.RunAsync(plant.Contains("ON UPDATE", StringComparison.Ordinal) ? $"UPDATE public.items SET id = gen_random_uuid() WHERE id = '{A}'"
            : $"DELETE FROM public.items WHERE id = '{A}'");
        await connection.RunAsync("RESET ROLE");
        return await connection.ScalarAsync<long>($"SELECT n FROM public.totals WHERE org_id = '{B}'");
    }

    /// <summary>The first tenant, in a transaction that ends with the test.</summary>
    private async Task<NpgsqlConnection> PlantAsync(string plant, bool asTenant = false)
    {
        var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync(database.Named($"""
            BEGIN;
            INSERT INTO public.organizations (id, name, slug) VALUES ('{A}', 'A', 'a'), ('{B}', 'B', 'b');
            SELECT set_config('app.current_org_id', '{A}', true);
            {plant}
            """));
        if (asTenant)
            await connection.RunAsync(database.Named("SET LOCAL ROLE $tenant"));
        return connection;
    }

    private static async Task InsertsAsync(NpgsqlConnection connection, string insert, bool accepted)
    {
        if (accepted)
            (await connection.RunAsync(insert)).Should().Be(1);
        else
            (await connection.RefusalAsync(insert)).SqlState.Should().Be(PostgresErrorCodes.ForeignKeyViolation);
    }
}
