namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>What the lint could not do is said in every output, and is never a success.</summary>
public sealed class LintTests(Databases databases) : IClassFixture<Databases>
{
    private const string Protected = """
        CREATE TABLE public.payments (org_id uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE, id uuid NOT NULL, PRIMARY KEY (org_id, id));
        ALTER TABLE public.payments OWNER TO app_owner;
        SELECT app.protect_table('public.payments');
        """;

    private const string Hole = """
        CREATE POLICY shared ON public.payments FOR SELECT TO tenant_role USING (org_id <= (SELECT app.current_org_id()));
        """;

    [PartTheory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("sarif")]
    [InlineData("junit")]
    [InlineData("github")]
    public async Task Errors_are_told_with_file_and_line_and_never_succeed(string format)
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", Protected);
        tool.Write("m/2.sql", "SELECT 1;\nSELECT nope;\nCREATE TABLE public.forgotten (org_id uuid NOT NULL);");
        tool.Write("m/3.sql", "DROP TABLE nowhere;");
        var (exit, output, error) = await tool.RunAsync("lint", "m", "--with-tenant-schema", "-f", format, "--fail-on", "never");
        (exit, error).Should().Be((2, ""));
        output.Should().Contain("m/2.sql").And.Contain("42703").And.Contain("m/3.sql").And.Contain("42P01").And.Contain("forgotten").And.NotContain("clean");
        if (format != "github")
            output.Should().Contain("statements that failed: 2").And.Contain("schema is incomplete");
        output.Should().Contain(format switch
        {
            "json" => "\"line\": 2",
            "sarif" => "\"startLine\": 2",
            "github" => "file=m/2.sql,line=2,",
            _ => "line 2",
        });
    }

    [PartFact]
    public async Task Policies_are_evaluated_on_a_server_of_its_own_and_on_a_disposable_one()
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", Protected);
        foreach (var server in (string[][])[[], ["-c", databases.Server, "--disposable-server"]])
        {
            File.Delete(tool.PathOf("m/2.sql"));
            var (exit, output, _) = await tool.RunAsync(["lint", "m", "--with-tenant-schema", .. server]);
            output.Should().StartWith("clean;").And.Contain("tables are tenant tables").And.Contain("safe").And.Contain("0 with a hole, 0 not judged");
            exit.Should().Be(0);

            tool.Write("m/2.sql", Hole);
            (exit, output, _) = await tool.RunAsync(["lint", "m", "--with-tenant-schema", .. server]);
            exit.Should().Be(1);
            output.Should().Contain("(m/2.sql)").And.Contain("row with (org_id = ", "the witness is shown");
        }
    }

    [PartFact]
    public async Task A_server_in_use_gives_no_clean_verdict()
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", Protected);
        foreach (var format in (string[])["text", "json", "sarif", "junit", "github"])
        {
            var (exit, output, _) = await tool.RunAsync("lint", "m", "--with-tenant-schema", "-c", databases.Server, "-f", format);
            exit.Should().Be(1, format);
            output.Should().Contain("policies-not-evaluated").And.Contain("server of its own").And.NotContain("clean");
        }
    }

    [PartFact]
    public async Task Files_before_the_folder_bring_no_finding_and_their_errors_are_told()
    {
        using var tool = new Tool();
        tool.Write("first.sql", "CREATE TABLE public.theirs (org_id uuid NOT NULL); CREATE DOMAIN public.money_cents AS bigint;");
        tool.Write("second.sql", "ALTER TABLE public.theirs ADD amount public.money_cents;");
        tool.Write("m/1.sql", "ALTER TABLE public.theirs ADD paid public.money_cents;");
        var (exit, output, error) = await tool.RunAsync("lint", "m", "--before", "first.sql", "--before", "second.sql");
        (exit, error).Should().Be((0, ""), output);
        output.Should().Contain("migrations: 1;");

        (exit, output, _) = await tool.RunAsync("lint", "m", "--before", "second.sql", "--before", "first.sql");
        exit.Should().Be(2);
        output.Should().Contain("(second.sql)").And.Contain("42P01");
        (await tool.RunAsync("lint", "m", "--before", "no-such.sql")).ExitCode.Should().Be(2);
    }

    [PartFact]
    public async Task Supabase_prelude_is_there_for_the_migrations()
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", "create extension if not exists \"uuid-ossp\"; create table public.notes (org_id uuid not null references auth.users, "
            + "id uuid default uuid_generate_v4(), primary key (org_id, id)); create policy p on public.notes to authenticated using (org_id = auth.uid());");
        var (exit, output, _) = await tool.RunAsync("lint", "m", "--prelude", "supabase", "--app-login", "authenticated");
        exit.Should().Be(1);
        output.Should().Contain("table-without-rls").And.NotContain("migration-failed");
        (await tool.RunAsync("lint", "m", "--prelude", "nobody")).ExitCode.Should().Be(2);
    }

    [PartFact]
    public async Task A_folder_without_tenant_tables_is_not_clean()
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", "CREATE TABLE public.notes (tenant_id uuid NOT NULL);");
        var (exit, output, error) = await tool.RunAsync("lint", "m");
        (exit, output).Should().Be((2, ""));
        error.Should().Contain("nothing was judged").And.Contain("--tenant-column");
    }

    [PartFact]
    public async Task Programs_beside_the_sql_are_named()
    {
        using var tool = new Tool();
        tool.Write("m/Init.cs", "using Microsoft.EntityFrameworkCore.Migrations;");
        var (exit, output, error) = await tool.RunAsync("lint", "m");
        (exit, output).Should().Be((2, ""));
        error.Should().Contain("dotnet ef migrations script --idempotent");
        tool.Write("m/1.sql", Protected);
        (exit, output, _) = await tool.RunAsync("lint", "m", "--with-tenant-schema");
        exit.Should().Be(0);
        output.Should().Contain("left out: 1 file of EF Core");
    }
}
