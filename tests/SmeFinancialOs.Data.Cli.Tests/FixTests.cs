namespace SmeFinancialOs.Data.Cli.Tests;

public sealed class FixTests(Databases databases) : IClassFixture<Databases>
{
    private const string Loose = """
        CREATE TABLE public.loose (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id int, PRIMARY KEY (org_id, id));
        SELECT app.protect_table('public.loose'); ALTER TABLE public.loose NO FORCE ROW LEVEL SECURITY; GRANT TRUNCATE ON public.loose TO tenant_role
        """;

    [PartFact]
    public async Task Fixes_that_nothing_was_shown_of_are_printed_and_not_applied()
    {
        var database = await databases.NewAsync(Loose);
        using var tool = new Tool();
        var (exit, script, _) = await tool.RunAsync("fix", "-c", database);
        exit.Should().Be(1);
        script.Should().StartWith("-- 2 findings; 2 fixes that the rules take for safe, unproved: try them with a folder of migrations or --proof-database\n")
            .And.Contain("ALTER TABLE public.loose FORCE ROW LEVEL SECURITY;").And.Contain("REVOKE TRUNCATE ON TABLE public.loose FROM tenant_role;");
        (exit, _, var error) = await tool.RunAsync("fix", "-c", database, "--apply");
        exit.Should().Be(2);
        error.Should().Contain("Nothing was changed").And.Contain("--proof-database");
        (await tool.RunAsync("audit", "-c", database)).ExitCode.Should().Be(1);
    }

    [PartTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Proved_fixes_are_applied(bool inPlace)
    {
        var database = await databases.NewAsync(Loose);
        string[] where = inPlace ? ["--prove-in-place"] : ["--proof-database", await databases.NewAsync(Loose)];
        using var tool = new Tool();
        var (exit, script, _) = await tool.RunAsync(["fix", "-c", database, .. where]);
        exit.Should().Be(1);
        script.Should().StartWith("-- 2 findings; 2 fixes proved, 0 unproved\nBEGIN;\nSET LOCAL row_security = off;").And.EndWith("\nCOMMIT;\n");
        (await tool.RunAsync("audit", "-c", database)).ExitCode.Should().Be(1, "printing and proving change nothing");

        (await tool.RunAsync(["fix", "--apply", "-c", database, .. where])).Should().Be((0, "2 fixes applied, 0 unproved and left out, 0 findings left\n", ""));
        (await tool.RunAsync("audit", "-c", database)).ExitCode.Should().Be(0);
    }

    [PartFact]
    public async Task Script_that_is_printed_mends_the_database()
    {
        var database = await databases.NewAsync(Loose);
        using var tool = new Tool();
        var (_, script, _) = await tool.RunAsync("fix", "-c", database, "--proof-database", await databases.NewAsync(Loose));
        await Databases.ExecuteAsync(database, script);
        (await tool.RunAsync("audit", "-c", database)).ExitCode.Should().Be(0);
    }

    /// <summary>A role for reports reads a view, and has no privilege on the table below.</summary>
    [PartFact]
    public async Task A_fix_that_takes_rows_from_somebody_is_unproved_and_left_out()
    {
        const string view = """
            DO $$ BEGIN IF to_regrole('reports') IS NULL THEN CREATE ROLE reports; END IF; END $$;
            CREATE VIEW public.all_loose AS SELECT * FROM public.loose; GRANT SELECT ON public.all_loose TO tenant_role, reports;
            GRANT USAGE ON SCHEMA public TO reports
            """;
        var (database, proof) = (await databases.NewAsync($"{Loose}; {view}"), await databases.NewAsync($"{Loose}; {view}"));
        using var tool = new Tool();
        (await tool.RunAsync("fix", "-c", database, "--proof-database", proof)).Output.Should()
            .Contain("\n-- unproved: SELECT of public.all_loose as reports, when no tenant was ever set: it fails (42501) and did not before\n-- ALTER VIEW");
        var (exit, output, _) = await tool.RunAsync("fix", "--apply", "-c", database, "--proof-database", proof);
        exit.Should().Be(1);
        output.Should().StartWith("2 fixes applied, 1 unproved and left out, 2 findings left\n  unproved: view-without-invoker public.all_loose: ");
        (await Databases.ScalarAsync<string>(database, "SELECT reloptions::text FROM pg_class WHERE oid = 'public.all_loose'::regclass")).Should().BeNull();
    }

    [PartFact]
    public async Task The_audited_database_is_no_proof_database_by_mistake()
    {
        using var tool = new Tool();
        var (exit, _, error) = await tool.RunAsync("fix", "-c", databases.Faulty, "--proof-database", databases.Faulty + ";Application Name=other");
        exit.Should().Be(2);
        error.Should().Contain("--prove-in-place");
    }
}
