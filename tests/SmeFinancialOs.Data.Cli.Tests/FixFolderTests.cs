using System.Diagnostics;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>Fixes that are proved in a database that the tool makes from a folder of migrations.</summary>
public sealed class FixFolderTests(Databases databases) : IClassFixture<Databases>
{
    private const string Migration = """
        CREATE TABLE public.loose (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id int, PRIMARY KEY (org_id, id));
        ALTER TABLE public.loose OWNER TO app_owner;
        SELECT app.protect_table('public.loose'); ALTER TABLE public.loose NO FORCE ROW LEVEL SECURITY; GRANT TRUNCATE ON public.loose TO tenant_role;
        """;

    [PartFact]
    public async Task Schema_of_the_folder_is_mended_by_the_migration_that_is_printed()
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", Migration);
        var (exit, script, error) = await tool.RunAsync("fix", "m", "--with-tenant-schema");
        (exit, error).Should().Be((1, ""));
        script.Should().StartWith("-- 2 findings; 2 fixes proved, 0 unproved\nSET row_security = off;").And.EndWith("\nRESET row_security;\n")
            .And.Contain("ALTER TABLE public.loose FORCE ROW LEVEL SECURITY;");
        tool.Write("m/2.sql", script);
        (exit, var output, _) = await tool.RunAsync("lint", "m", "--with-tenant-schema");
        exit.Should().Be(0, output);
        (await tool.RunAsync("fix", "m", "--with-tenant-schema")).Should().Be((0, "-- 0 findings; 0 fixes proved, 0 unproved\n", ""));
    }

    [PartFact]
    public async Task Audited_database_gets_what_was_proved_in_the_folder()
    {
        var database = await databases.NewAsync(Migration);
        using var tool = new Tool();
        tool.Write("m/1.sql", Migration);
        string[] command = ["fix", "m", "--with-tenant-schema", "-c", database];
        var (exit, script, error) = await tool.RunAsync(command);
        (exit, error).Should().Be((1, ""));
        script.Should().StartWith("-- 2 findings; 2 fixes proved, 0 unproved\nBEGIN;");
        (await tool.RunAsync("audit", "-c", database)).ExitCode.Should().Be(1, "it was only read");
        (await tool.RunAsync([.. command, "--apply"])).Should().Be((0, "2 fixes applied, 0 unproved and left out, 0 findings left\n", ""));
        (await tool.RunAsync("audit", "-c", database)).ExitCode.Should().Be(0);
    }

    [PartTheory]
    [InlineData("CREATE POLICY more ON public.loose FOR SELECT TO tenant_role USING (org_id = (SELECT app.current_org_id()) AND id > 0)", "policy more")]
    [InlineData("ALTER POLICY tenant_isolation ON public.loose USING (org_id = (SELECT app.current_org_id()) AND id > 0)", "policy tenant_isolation")]
    [InlineData("GRANT SELECT ON public.loose TO app_user", "privileges on table public.loose to app_user")]
    [InlineData("REVOKE INSERT ON public.loose FROM tenant_role", "privileges on table public.loose to tenant_role")]
    [InlineData("ALTER TABLE public.loose OWNER TO CURRENT_USER", "owner")]
    [InlineData("ALTER TABLE public.loose DISABLE ROW LEVEL SECURITY", "rowSecurity")]
    [InlineData("ALTER TABLE public.loose ADD note text", "column note text")]
    [InlineData("ALTER TABLE public.loose ALTER id TYPE bigint", "column id bigint")]
    [InlineData("ALTER TABLE public.loose ADD CHECK (id > 0)", "CHECK ((id > 0))")]
    [InlineData("CREATE UNIQUE INDEX here ON public.loose (id)", "CREATE UNIQUE INDEX here")]
    [InlineData("ALTER TABLE public.loose DROP CONSTRAINT loose_org_id_fkey", "foreign key loose_org_id_fkey")]
    [InlineData("CREATE VIEW public.every AS SELECT * FROM public.loose", "view public.every")]
    [InlineData("CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.loose'", "function public.f()")]
    [InlineData("CREATE TABLE public.sub (org_id uuid NOT NULL, l int, PRIMARY KEY (org_id, l), FOREIGN KEY (org_id, l) REFERENCES public.loose)",
        "table public.sub")]
    public async Task Proof_is_refused_where_the_database_differs_in_what_the_fixes_touch(string difference, string told)
    {
        var database = await databases.NewAsync($"{Migration}; {difference}");
        using var tool = new Tool();
        tool.Write("m/1.sql", Migration);
        var (exit, output, error) = await tool.RunAsync("fix", "m", "--with-tenant-schema", "-c", database, "--apply");
        (exit, output).Should().Be((2, ""));
        error.Should().Contain("The schema of the folder is not that of the audited database").And.Contain(told).And.Contain("--proof-database");
        (await Databases.ScalarAsync<bool>(database, "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'public.loose'::regclass")).Should().BeFalse();
    }

    [PartFact]
    public async Task Difference_elsewhere_is_no_obstacle()
    {
        var database = await databases.NewAsync($"{Migration}; CREATE TABLE public.other (a int); GRANT SELECT ON public.organizations TO app_owner");
        using var tool = new Tool();
        tool.Write("m/1.sql", Migration);
        (await tool.RunAsync("fix", "m", "--with-tenant-schema", "-c", database)).Output.Should().Contain("2 fixes proved");
    }

    [PartFact]
    public async Task Migration_that_fails_proves_nothing()
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", Migration);
        tool.Write("m/2.sql", "SELECT nope;");
        var (exit, output, error) = await tool.RunAsync("fix", "m", "--with-tenant-schema");
        (exit, output).Should().Be((2, ""));
        error.Should().Contain("2.sql line 1").And.Contain("42703");
    }

    [PartTheory]
    [InlineData("name the folder", "fix", "--before", "x.sql")]
    [InlineData("leave out --proof-database", "fix", "m", "--prove-in-place")]
    [InlineData("give --connection", "fix", "m", "--apply")]
    public async Task Options_that_do_not_go_together_are_refused(string told, params string[] arguments)
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync(arguments);
        (exit, output).Should().Be((2, ""));
        error.Should().ContainEquivalentOf(told);
    }

    [PartFact]
    public async Task Ctrl_C_leaves_no_server_behind()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var tool = new Tool();
        tool.Write("tmp/keep", "");
        // The server may run as another user.
        File.SetUnixFileMode(tool.PathOf("."), (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(tool.PathOf("tmp"), (UnixFileMode)0b111_111_111);
        tool.Write("m/1.sql", $"{Migration} COPY (SELECT 1) TO '{tool.PathOf("tmp/sleeps")}'; SELECT pg_sleep(120);");
        tool.Environment["TMPDIR"] = tool.PathOf("tmp");
        using var process = tool.Start("fix", "m", "--with-tenant-schema");
        while (!process.HasExited && !File.Exists(tool.PathOf("tmp/sleeps")))
            await Task.Delay(50, Databases.Cancel);
        Directory.GetFileSystemEntries(tool.PathOf("tmp")).Should().HaveCountGreaterThan(2, "the files of the server are there");
        using (var kill = Process.Start("kill", ["-s", "INT", $"{process.Id}"]))
            await kill.WaitForExitAsync(Databases.Cancel);
        await process.WaitForExitAsync(Databases.Cancel);
        (process.ExitCode, await process.StandardError.ReadToEndAsync(Databases.Cancel)).Should().Be((2, "sme-data: cancelled\n"));
        Directory.GetFileSystemEntries(tool.PathOf("tmp")).Select(Path.GetFileName).Should().BeEquivalentTo("keep", "sleeps");
    }
}
