using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>npm as a downloader: it knows the registry, the proxy and the credentials that this machine is set up with.</summary>
internal static class NpmPack
{
    /// <summary>Downloads the archive of a package into a folder and returns its path.</summary>
    public static async Task<string> DownloadAsync(string specifier, string folder, CancellationToken cancellationToken)
    {
        var npm = Executables.FoldersOnPath("npm").FirstOrDefault() ?? throw new WayUnavailableException("npm is not on PATH.");
        // One more try after a second: without a network, npm's own patience is minutes.
        string[] arguments =
        [
            "pack", specifier, "--pack-destination", folder, "--loglevel", "error", "--ignore-scripts",
            "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000",
        ];
        var start = new ProcessStartInfo(Path.Combine(npm, "npm"), arguments)
        {
            WorkingDirectory = folder, // no package.json or .npmrc of the host's
        };
        var (exitCode, _, error) = await Executables.RunAsync(start, cancellationToken).ConfigureAwait(false);
        return Directory.GetFiles(folder, "*.tgz") is [var archive] && exitCode == 0
            ? archive
            : throw new WayUnavailableException($"npm pack {specifier} failed (exit code {exitCode}).\n{error}");
    }
}
