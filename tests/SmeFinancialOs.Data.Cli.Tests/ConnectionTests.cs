using Npgsql;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>Where the connection comes from, and that its password goes nowhere.</summary>
public sealed class ConnectionTests(Databases databases) : IClassFixture<Databases>
{
    private const string Secret = "s3cr3t-marker";

    [Fact]
    public async Task The_connection_comes_from_the_environment_or_as_a_uri()
    {
        var settings = new NpgsqlConnectionStringBuilder(databases.Clean);
        using var tool = new Tool();
        var login = $"{settings.Username}:{Uri.EscapeDataString(settings.Password ?? "")}";
        var uri = $"postgresql://{login}@{settings.Host}:{settings.Port}/{settings.Database}?sslmode=prefer";
        (await tool.RunAsync("audit", "-c", uri)).ExitCode.Should().Be(0);
        tool.Environment["SME_DATA_CONNECTION"] = databases.Faulty;
        (await tool.RunAsync("audit")).ExitCode.Should().Be(1);
        (await tool.RunAsync("audit", "-c", databases.Clean)).ExitCode.Should().Be(0, "an option wins");
        tool.Environment.Clear();
        foreach (var (name, value) in new[] { ("PGHOST", settings.Host), ("PGPORT", $"{settings.Port}"), ("PGDATABASE", settings.Database),
            ("PGUSER", settings.Username) })
            tool.Environment[name] = value!;
        tool.Write("passfile", $"{settings.Host}:{settings.Port}:*:{settings.Username}:{settings.Password}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(tool.PathOf("passfile"), UnixFileMode.UserRead);
        tool.Environment["PGPASSFILE"] = tool.PathOf("passfile");
        (await tool.RunAsync("audit")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Command_without_a_connection_says_how_to_give_one()
    {
        using var tool = new Tool();
        var (exit, _, error) = await tool.RunAsync("audit");
        exit.Should().Be(2);
        error.Should().Contain("--connection").And.Contain("SME_DATA_CONNECTION").And.Contain("PGHOST");
    }

    public static TheoryData<string> Bad =>
    [
        $"Host=127.0.0.1;Port=1;Username=u;Password={Secret}",
        $"Host=127.0.0.1;Password={Secret};Nonsense={Secret}",
        $"Host=127.0.0.1;Password={Secret};Port={Secret}",
        $"postgres://u:{Secret}@127.0.0.1:1/d",
        $"postgres://u:{Secret}@127.0.0.1:1/d?sslmode={Secret}x",
        $"postgres://u:{Secret}@:/",
        $"postgres:///{Secret}",
        Secret,
    ];

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_password_is_printed_nowhere(string connection)
    {
        using var tool = new Tool();
        tool.Write("m/1.sql", "SELECT 1;");
        foreach (var command in (string[][])[["audit"], ["audit", "-f", "json"], ["lint", "m"], ["migrate"], ["protect", "t"], ["fix"]])
        {
            var (exit, output, error) = await tool.RunAsync([.. command, "-c", connection]);
            exit.Should().Be(2, because: string.Join(' ', command));
            (output + error).Should().StartWith("sme-data: ").And.NotContain(Secret);
        }
    }

    [Fact]
    public async Task A_wrong_password_is_printed_nowhere()
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("audit", "-c", databases.Clean.WithLogin("app_user", Secret));
        exit.Should().Be(2);
        (output + error).Should().Contain("password authentication failed").And.NotContain(Secret);
    }
}
