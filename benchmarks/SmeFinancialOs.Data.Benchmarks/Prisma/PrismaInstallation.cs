using System.Diagnostics;

namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>Makes a folder with the program's files into one that runs: packages, generated client.</summary>
internal sealed class PrismaInstallation(NodeTools tools, string folder, Action<string> progress)
{
    /// <summary>
    /// One more try after a second: without a network, npm's own patience is minutes. What an earlier download left is as good: the integrity is checked.
    /// </summary>
    private static readonly string[] NpmOptions =
    [
        "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel", "error",
        "--prefer-offline", "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000",
    ];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        progress("installing Prisma (npm ci), once for this version of the program: about half a minute");
        // NODE_ENV may be production on this machine, and then npm leaves the generator out.
        await RunAsync("npm ci", tools.Npm, ["ci", "--include=dev", .. NpmOptions], cancellationToken);
        progress("generating the Prisma client");
        await RunAsync("prisma generate", tools.Node, [Path.Combine("node_modules", "prisma", "build", "index.js"), "generate"], cancellationToken);
        // The generator with all it brings is three quarters of 315 MB, and is done. The client names it as an optional peer, which "dev" alone would keep.
        progress("removing what Prisma needs no more (npm prune)");
        await RunAsync("npm prune", tools.Npm, ["prune", "--omit=dev", "--omit=optional", "--omit=peer", .. NpmOptions], cancellationToken);
    }

    private async Task RunAsync(string name, string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        // Generating does not use the schema engine. Named here, any file that exists, it is not downloaded either.
        start.Environment["PRISMA_SCHEMA_ENGINE_BINARY"] = tools.Node;
        // No call home for newer versions.
        start.Environment["CHECKPOINT_DISABLE"] = "1";
        await NodeTools.RunAsync(name, start, cancellationToken);
    }
}
