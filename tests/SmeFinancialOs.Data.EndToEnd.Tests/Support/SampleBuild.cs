using System.Diagnostics;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>Packs the sources and builds the sample host from the packages, once for all tests.</summary>
internal static class SampleBuild
{
    private static readonly Lazy<Task> Built = new(BuildAsync);

    public static string ProjectFolder { get; } = Path.Combine(RepositoryRoot.Folder, "tests", "SmeFinancialOs.Data.SampleHost");

    public static async Task<string> GetProgramAsync()
    {
        await Built.Value;
        return Path.Combine(RepositoryRoot.Folder, "artifacts", "sample", "bin", "SmeFinancialOs.Data.SampleHost", "release", "SmeFinancialOs.Data.SampleHost");
    }

    private static async Task BuildAsync()
    {
        // Nothing stays behind: no build node, no compiler server.
        var start = new ProcessStartInfo("dotnet", ["build", ProjectFolder, "-c", "Release", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // what the build that these tests belong to has set
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);

        using var build = Process.Start(start)!;
        var (output, error) = (build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync());
        await build.WaitForExitAsync();
        if (build.ExitCode != 0)
            throw new InvalidOperationException($"The sample host does not build:\n{await output}{await error}");
    }
}
