using Npgsql;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>Passwords by whatever way they come, and what rows hold: in no output of any command.</summary>
public sealed class SecretTests(Databases databases) : IClassFixture<Databases>
{
    private static readonly string[] Formats = ["text", "json", "sarif", "junit", "github"];

    private const string Rows = $"""
        INSERT INTO public.organizations (id, name, slug) VALUES ('aaaaaaaa-0000-4000-8000-000000000001', '{Marked.Value}', 'a'),
            ('bbbbbbbb-0000-4000-8000-000000000001', '{Marked.Value}', 'b');
        INSERT INTO public.invoices (org_id, number, amount_cents, customer_name, issued_at) SELECT id, '{Marked.Value}', 1, '{Marked.Value}',
            '2026-01-01' FROM public.organizations;
        CREATE TABLE public.forgotten (org_id uuid NOT NULL, note text PRIMARY KEY);
        GRANT SELECT, INSERT, UPDATE, DELETE ON public.forgotten TO tenant_role;
        INSERT INTO public.forgotten SELECT id, '{Marked.Value}' || slug FROM public.organizations;
        """;

    [PartTheory]
    [InlineData("SME_DATA_CONNECTION")]
    [InlineData("PGPASSWORD")]
    [InlineData("PGPASSFILE")]
    public async Task Password_of_a_variable_or_a_file_is_printed_nowhere(string way)
    {
        var server = new NpgsqlConnectionStringBuilder(databases.Clean);
        using var tool = new Tool();
        tool.Write("m/1.sql", "SELECT 1;");
        if (way == "SME_DATA_CONNECTION")
        {
            tool.Environment[way] = new NpgsqlConnectionStringBuilder(databases.Clean)
            {
                Username = "app_user",
                Password = Marked.Password,
                PersistSecurityInfo = true,
                IncludeErrorDetail = true
            }.ConnectionString;
        }
        else
        {
            foreach (var (name, value) in new[] { ("PGHOST", server.Host), ("PGPORT", $"{server.Port}"), ("PGDATABASE", server.Database),
                ("PGUSER", "app_user") })
                tool.Environment[name] = value!;
            tool.Write("passfile", $"*:*:*:*:{Marked.Password}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(tool.PathOf("passfile"), UnixFileMode.UserRead);
            tool.Environment[way] = way == "PGPASSWORD" ? Marked.Password : tool.PathOf("passfile");
        }

        foreach (var command in (string[][])[["audit"], ["audit", "-f", "sarif"], ["fix"], ["protect", "t"], ["migrate"], ["migrate", "--pending"],
            ["probe"], ["lint", "m"]])
        {
            var (exit, output, error) = await tool.RunAsync(command);
            (exit, Marked.IsIn(output + error)).Should().Be((2, false), "{0}: {1}", string.Join(' ', command), error);
            error.Should().StartWith("sme-data: ").And.ContainEquivalentOf("password");
        }
    }

    [PartFact]
    public async Task Rows_are_printed_nowhere()
    {
        var target = await databases.NewAsync(Rows);
        var connection = target.WithErrorDetail();
        using var tool = new Tool();
        foreach (var command in (string[][])[.. Formats.Select(format => (string[])["audit", "-f", format]), ["probe"],
            ["probe", "-f", "json"], ["fix", "--all"]])
        {
            var (exit, output, error) = await tool.RunAsync([.. command, "-c", connection]);
            (exit, Marked.IsIn(output + error)).Should().Be((1, false), "{0}: {1}", string.Join(' ', command), error);
            output.Should().Contain("forgotten");
        }
    }

    /// <summary>Each fails on a row, and the server's text or its DETAIL quotes that row.</summary>
    [PartTheory]
    [InlineData("ALTER TABLE public.imported ALTER note TYPE int USING note::int;")]
    [InlineData("ALTER TABLE public.imported ALTER note TYPE date USING note::date;")]
    [InlineData("INSERT INTO public.imported SELECT * FROM public.imported;")]
    [InlineData("INSERT INTO public.imported SELECT note, repeat(other, 40) FROM public.imported;")]
    [InlineData("ALTER TABLE public.imported ADD CHECK (length(note) < 3);")]
    public async Task Row_on_which_a_migration_fails_is_not_printed(string statement)
    {
        using var tool = new Tool();
        tool.Write("m/1_import.sql", $"CREATE TABLE public.imported (note text PRIMARY KEY, other varchar(40));\nINSERT INTO public.imported "
            + $"VALUES ('{Marked.Value}', '{Marked.Value}');");
        tool.Write("m/2_convert.sql", statement);
        var connection = databases.Server.WithErrorDetail();
        foreach (var format in Formats)
        {
            var (exit, output, error) = await tool.RunAsync("lint", "m", "-c", connection, "-f", format);
            (exit, Marked.IsIn(output + error)).Should().Be((2, false), "{0}{1}", output, error);
            output.Should().Contain("2_convert.sql");
        }
    }
}
