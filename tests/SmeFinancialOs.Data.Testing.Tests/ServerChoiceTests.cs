namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>The environment chooses the way, and a wrong value is an error that helps.</summary>
public sealed class ServerChoiceTests
{
    public static TheoryData<string> Ways => TestEnvironment.ThrowawayWays;

    [Theory, MemberData(nameof(Ways))]
    public async Task Variable_asks_for_one_way_alone(string way)
    {
        await using var child = ChildProcess.Start("exit", new Dictionary<string, string?> { ["SME_DATA_POSTGRES"] = way });

        await child.ReadServerAsync();

        (await child.ReadLineAsync()).Should().StartWith(way == "local" ? "LocalBinaries: PostgreSQL " : "Embedded: PostgreSQL 18.4 at 127.0.0.1:");
    }

    [Fact]
    public async Task Unknown_way_is_refused_with_the_names_of_the_known_ones() =>
        (await FailAsync(("SME_DATA_POSTGRES", "sqlite"))).Should()
            .Contain("SME_DATA_POSTGRES is \"sqlite\"").And.Contain("auto, connection-string, docker, local, embedded");

    [Fact]
    public async Task Error_lists_all_four_ways_and_how_to_turn_them_on()
    {
        var message = await FailAsync(("SME_DATA_POSTGRES", "connection-string"));

        message.Should().Contain("connection-string: SME_DATA_POSTGRES_CONNECTION_STRING is not set.")
            .And.Contain("docker: not tried, because connection-string was asked for.")
            .And.Contain("local: not tried").And.Contain("embedded: not tried")
            .And.Contain("SME_DATA_POSTGRES_IMAGE").And.Contain("SME_DATA_POSTGRES_BIN").And.Contain("install npm");
        message.Split("To use it:").Should().HaveCount(5);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=postgres;Password=secret", "does not let us in")]
    [InlineData("Host=127.0.0.1;Port=never;Password=secret", "cannot be read")]
    [InlineData("Hots=127.0.0.1;Password=secret", "cannot be read")]
    [InlineData("Username=postgres;Password=secret", "names no host")]
    public async Task Bad_connection_string_is_an_error_that_keeps_the_password(string connectionString, string reason)
    {
        // In automatic mode: a server that was asked for by name is not replaced by another one.
        var message = await FailAsync(("SME_DATA_POSTGRES_CONNECTION_STRING", connectionString));

        message.Should().Contain(reason).And.NotContain("secret").And.Contain("docker: not tried");
    }

    [Fact]
    public async Task Folder_without_binaries_is_an_error()
    {
        using var folder = new TemporaryFolder();

        var message = await FailAsync(("SME_DATA_POSTGRES", "local"), ("SME_DATA_POSTGRES_BIN", folder.Path));

        message.Should().Contain($"local: {folder.Path}: postgres and initdb are not there.");
    }

    [Fact]
    public async Task Binaries_of_an_old_version_are_refused()
    {
        using var folder = new TemporaryFolder();
        folder.AddProgram("postgres", "echo 'postgres (PostgreSQL) 14.22'");
        folder.AddProgram("initdb", "exit 1");

        var message = await FailAsync(("SME_DATA_POSTGRES", "local"), ("SME_DATA_POSTGRES_BIN", folder.Path));

        message.Should().Contain("postgres (PostgreSQL) 14.22; 15 is the oldest that will do.");
    }

    [Fact]
    public async Task What_the_binaries_said_is_in_the_error_when_the_server_does_not_start()
    {
        using var folder = new TemporaryFolder();
        folder.AddProgram("postgres", "echo 'postgres (PostgreSQL) 18.4'");
        folder.AddProgram("initdb", "echo 'no space on this device'; exit 1");

        var message = await FailAsync(("SME_DATA_POSTGRES", "local"), ("SME_DATA_POSTGRES_BIN", folder.Path));

        message.Should().Contain("the server does not start:").And.Contain("no space on this device");
    }

    [Fact]
    public async Task Embedded_way_needs_npm()
    {
        using var empty = new TemporaryFolder();

        var message = await FailAsync(("SME_DATA_POSTGRES", "embedded"), ("XDG_CACHE_HOME", empty.Path), ("PATH", "/nowhere"));

        message.Should().Contain("embedded: npm is not on PATH.");
    }

    [Fact]
    public async Task Docker_way_says_that_no_engine_answers()
    {
        // Nothing listens there; a home of its own hides the engines of the user.
        using var home = new TemporaryFolder();
        var elsewhere = Path.Combine(home.Path, "docker.sock");

        var message = await FailAsync(
            ("SME_DATA_POSTGRES", "docker"), ("SME_DATA_POSTGRES_IMAGE", "not/there:at-all"), ("DOCKER_HOST", "unix://" + elsewhere), ("HOME", home.Path));

        // Where another engine answers all the same, it has no such image.
        message.Should().ContainAny("docker: no engine answers.", "docker: an engine answers, but not/there:at-all does not start");
    }

    [Fact]
    public async Task Name_that_no_image_can_have_is_an_error() =>
        (await FailAsync(("SME_DATA_POSTGRES", "docker"), ("SME_DATA_POSTGRES_IMAGE", "Not An Image"))).Should()
            .ContainAny("\"Not An Image\" is not the name of an image", "no engine answers");

    private static async Task<string> FailAsync(params (string Name, string Value)[] environment)
    {
        await using var child = ChildProcess.Start("exit", environment.ToDictionary(variable => variable.Name, variable => (string?)variable.Value));
        var (exitCode, output) = await child.WaitAsync();
        exitCode.Should().Be(ChildCommands.Unavailable, await child.Error);
        return output;
    }
}
