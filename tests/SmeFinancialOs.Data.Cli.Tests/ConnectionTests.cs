using Npgsql;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>Where the connection comes from, and that its password goes nowhere.</summary>
public sealed class ConnectionTests(Databases databases) : IClassFixture<Databases>
{
    private const string Secret = "s3cr3t-marker";

    [PartFact]
    public async Task The_connection_comes_from_the_environment_or_as_a_uri()
    {
        var settings = new NpgsqlConnectionStringBuilder(databases.Clean);
        using var tool = new Tool();
        var uri = Uri("sslmode=prefer");
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

    /// <summary>DATABASE_URL as Prisma, Neon, Supabase and Vercel write it.</summary>
    [PartTheory]
    [InlineData("schema=public&connection_limit=1&pool_timeout=20&connect_timeout=10")]
    [InlineData("schema=public&pgbouncer=true&statement_cache_size=0&socket_timeout=5&supa=base-pooler.x")]
    [InlineData("sslmode=prefer&channel_binding=prefer&application_name=ci&options=-c%20geqo%3Doff")]
    [InlineData("sslmode=disable&sslaccept=accept_invalid_certs&max_connection_lifetime=1&max_idle_connection_lifetime=1&single_use_connections=true")]
    [InlineData("uselibpqcompat=true&gssencmode=disable&sslnegotiation=postgres")]
    public async Task A_uri_of_prisma_or_neon_is_understood(string parameters)
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("audit", "-c", Uri(parameters));
        exit.Should().Be(0, output + error);
        error.Contains("give the direct URI", StringComparison.Ordinal).Should().Be(parameters.Contains("pgbouncer=true", StringComparison.Ordinal));
    }

    [PartTheory]
    [InlineData("schema=app&options=-c%20app.x%3D1", "Search Path=app", "Options=\"-c app.x=1\"")]
    [InlineData("options=endpoint%3Dep-cool-1&sslmode=require&channel_binding=require", "Options=\"endpoint=ep-cool-1\"", "Channel Binding=Require")]
    [InlineData("sslaccept=strict&sslcert=ca.pem&sslidentity=id.p12&sslpassword=x", "SSL Mode=VerifyFull", "Root Certificate=ca.pem;SSL Certificate=id.p12")]
    [InlineData("sslcert=me.pem&sslkey=me.key&sslrootcert=ca.pem&sslmode=verify-ca", "SSL Mode=VerifyCA", "SSL Certificate=me.pem")]
    [InlineData("host=/var/run/postgresql&connect_timeout=0", "Host=/var/run/postgresql", "Timeout=0")]
    public void Each_parameter_becomes_its_setting(string parameters, params string[] settings)
    {
        var expected = new NpgsqlConnectionStringBuilder(string.Join(';', settings));
        var actual = new NpgsqlConnectionStringBuilder(ConnectionUri.ToConnectionString($"postgresql://u:p%40@h:6543/d?{parameters}"));
        foreach (var key in expected.Keys)
            actual[key].Should().Be(expected[key], key);
        (actual.Password, actual.Port, actual.Database).Should().Be(("p@", 6543, "d"));
    }

    [PartTheory]
    [InlineData("prisma://accelerate.prisma-data.net/?api_key=" + Secret, "*HTTP*directUrl*")]
    [InlineData("prisma+postgres://localhost:51213/?api_key=" + Secret, "*HTTP*directUrl*")]
    [InlineData("postgresql://u:" + Secret + "@h/d?nonsense=" + Secret, "*\"nonsense\" is not understood*")]
    [InlineData("postgresql://u@h/d?channel_binding=" + Secret, "*channel_binding must be disable or prefer or require*")]
    [InlineData("postgresql://u@h/d?channel_binding=1", "*channel_binding must be*")]
    [InlineData("postgresql://u@h/d?connect_timeout=-1", "*connect_timeout must be a number of seconds*")]
    [InlineData("postgresql://u@h/d?connect_timeout=4000", "*connect_timeout must be a number of seconds*")]
    [InlineData("postgresql://u@h/d?sslaccept=" + Secret, "*sslaccept must be*")]
    [InlineData("postgresql://u@h/d?sslaccept=strict&sslmode=disable", "*contradicts*")]
    [InlineData("postgresql://u@h/d?sslmode=verify-full&sslaccept=accept_invalid_certs", "*contradicts*")]
    public async Task A_uri_that_is_not_understood_says_why(string uri, string message)
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("audit", "-c", uri);
        (exit, output).Should().Be((2, ""));
        error.Should().Match(message).And.NotContain(Secret);
    }

    private string Uri(string parameters)
    {
        var settings = new NpgsqlConnectionStringBuilder(databases.Clean);
        var login = $"{settings.Username}:{System.Uri.EscapeDataString(settings.Password ?? "")}";
        return $"postgresql://{login}@{settings.Host}:{settings.Port}/{settings.Database}?{parameters}";
    }

    [PartFact]
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

    [PartTheory]
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

    [PartFact]
    public async Task A_wrong_password_is_printed_nowhere()
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("audit", "-c", databases.Clean.WithLogin("app_user", Secret));
        exit.Should().Be(2);
        (output + error).Should().Contain("password authentication failed").And.NotContain(Secret);
    }
}
