using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>What the machine that runs the tests has to offer.</summary>
internal static class TestEnvironment
{
    private static readonly string[] Path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');

    /// <summary>The ways of this machine to run a throwaway server; the one that the environment asks for alone, if it does.</summary>
    public static TheoryData<string> ThrowawayWays { get; } = [.. FindWays()];

    public static string AnyThrowawayWay => FindWays().First();

    public static PostgresServerKind AnyThrowawayKind =>
        AnyThrowawayWay == "local" ? PostgresServerKind.LocalBinaries : PostgresServerKind.Embedded;

    public static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Waits for something that another process does. The limit is far beyond what it needs, and only ends a test that fails.</summary>
    public static async Task<bool> EventuallyAsync(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        return condition();
    }

    private static IEnumerable<string> FindWays()
    {
        if (Environment.GetEnvironmentVariable("SME_DATA_POSTGRES") is "local" or "embedded")
        {
            yield return Environment.GetEnvironmentVariable("SME_DATA_POSTGRES")!;
            yield break;
        }

        if (Has("postgres") || Directory.Exists("/usr/lib/postgresql"))
            yield return "local";
        if (Has("npm"))
            yield return "embedded";
    }

    private static bool Has(string program) => Array.Exists(Path, folder => File.Exists(System.IO.Path.Combine(folder, program)));
}
