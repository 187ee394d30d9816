namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>No way needs root. Tests that run as root start a process of a user who owns nothing.</summary>
public sealed class OrdinaryUserTests
{
    public static TheoryData<string> Ways => TestEnvironment.ThrowawayWays;

    [Theory, MemberData(nameof(Ways))]
    public async Task Ordinary_user_can_start_a_server(string way)
    {
        using var home = new TemporaryFolder(writableByAll: true);
        using var program = new TemporaryFolder();
        CopyProgram(program.Path); // the sources may lie where only root can look

        await using var child = ChildProcess.Start(
            "exit",
            new Dictionary<string, string?> { ["SME_DATA_POSTGRES"] = way, ["HOME"] = home.Path, ["XDG_CACHE_HOME"] = null },
            Environment.IsPrivilegedProcess ? "nobody" : null,
            program.Path);
        var server = await child.ReadServerAsync();

        (await child.WaitAsync()).ExitCode.Should().Be(0, await child.Error);
        Directory.Exists(Path.GetDirectoryName(server.Directory)).Should().BeFalse();
        if (way == "embedded")
        {
            Directory.Exists(Path.Combine(home.Path, OperatingSystem.IsMacOS() ? "Library/Caches" : ".cache", "sme-financial-os-data"))
                .Should().BeTrue();
        }
    }

    private static void CopyProgram(string target)
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
