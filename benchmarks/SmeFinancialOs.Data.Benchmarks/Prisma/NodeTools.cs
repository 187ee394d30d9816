using System.Diagnostics;

namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>Node and npm of this machine.</summary>
internal sealed record NodeTools(string Node, string Npm)
{
    /// <exception cref="PrismaUnavailableException">One is missing, or too old for Prisma 7.</exception>
    public static async Task<NodeTools> FindAsync(CancellationToken cancellationToken)
    {
        var windows = OperatingSystem.IsWindows();
        var node = OnPath(windows ? "node.exe" : "node") ?? throw new PrismaUnavailableException("node was not found on PATH");
        var npm = OnPath(windows ? "npm.cmd" : "npm") ?? throw new PrismaUnavailableException("npm was not found on PATH");
        var output = await RunAsync("node --version", new ProcessStartInfo(node, ["--version"]), cancellationToken);
        return Version.TryParse(output.Trim().TrimStart('v'), out var version) && IsEnough(version)
            ? new NodeTools(node, npm)
            : throw new PrismaUnavailableException($"{node} is {output.Trim()}; Prisma 7 needs 20.19, 22.12, 24 or later");
    }

    /// <summary>
    /// Runs a program to its end and returns what it wrote. A failure carries the name it is called by here and the first lines it wrote: the cause.
    /// </summary>
    /// <exception cref="PrismaUnavailableException">It failed.</exception>
    public static async Task<string> RunAsync(string name, ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0)
                return await output;
            var cause = (await error).Replace("npm error ", "", StringComparison.Ordinal)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3);
            throw new PrismaUnavailableException($"{name} failed with exit code {process.ExitCode}: {string.Join("; ", cause)}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The "engines" of Prisma's packages.</summary>
    private static bool IsEnough(Version version) => version.Major switch
    {
        20 => version.Minor >= 19,
        22 => version.Minor >= 12,
        var major => major >= 24,
    };

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
