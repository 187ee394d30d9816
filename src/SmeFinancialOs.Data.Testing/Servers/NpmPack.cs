using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>npm as a downloader: it knows the registry, the proxy and the credentials that this machine is set up with.</summary>
internal static class NpmPack
{
    /// <summary>Downloads the archive of a package into a folder and returns its path.</summary>
    public static async Task<string> DownloadAsync(string specifier, string folder, CancellationToken cancellationToken)
    {
        var npm = Executables.FoldersOnPath("npm").FirstOrDefault() ?? throw new WayUnavailableException("npm is not on PATH.");
        var start = new ProcessStartInfo(Path.Combine(npm, "npm"), ["pack", specifier, "--silent", "--pack-destination", folder])
        {
            WorkingDirectory = folder, // no package.json or .npmrc of the host's
        };
        var (exitCode, _, error) = await Executables.RunAsync(start, cancellationToken).ConfigureAwait(false);
        return Directory.GetFiles(folder, "*.tgz") is [var archive] && exitCode == 0
            ? archive
            : throw new WayUnavailableException($"npm pack {specifier} failed (exit code {exitCode}).\n{error}");
    }
}
