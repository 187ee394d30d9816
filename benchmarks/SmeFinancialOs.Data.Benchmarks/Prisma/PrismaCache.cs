namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>The program with its packages in a cache of the user, filled by whichever process needs it first. The repository is not written to.</summary>
internal sealed class PrismaCache(NodeTools tools, Action<string> progress)
{
    /// <summary>The folder of the installed program.</summary>
    /// <exception cref="PrismaUnavailableException">It cannot be installed.</exception>
    public async Task<string> GetFolderAsync(CancellationToken cancellationToken)
    {
        var cache = CacheDirectory();
        var folder = Path.Combine(cache, $"prisma-{PrismaFiles.Hash()}");
        try
        {
            // The folder appears by a rename, so what is there is whole.
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(cache);
                using var _ = await LockAsync(folder + ".lock", cancellationToken);
                if (!Directory.Exists(folder))
                    await FillAsync(folder, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new PrismaUnavailableException($"the cache {cache} cannot be filled: {fault.Message} XDG_CACHE_HOME chooses another", fault);
        }

        return folder;
    }

    /// <summary>Where the embedded PostgreSQL of SmeFinancialOs.Data.Testing is kept too.</summary>
    private static string CacheDirectory()
    {
        const string Own = "sme-financial-os-data";
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } chosen && Path.IsPathFullyQualified(chosen))
            return Path.Combine(chosen, Own);
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), Own);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches", Own) : Path.Combine(home, ".cache", Own);
    }

    private async Task FillAsync(string folder, CancellationToken cancellationToken)
    {
        var partial = folder + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true); // of a process that was killed: we hold the lock
        Directory.CreateDirectory(partial);
        try
        {
            PrismaFiles.WriteTo(partial);
            await new PrismaInstallation(tools, partial, progress).RunAsync(cancellationToken);
            Directory.Move(partial, folder);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    /// <summary>Waits for the only handle on a lock file. The system gives it up when its holder dies.</summary>
    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (attempt == 0)
                    progress($"waiting for another process that installs Prisma (it holds {path})");
                await Task.Delay(200, cancellationToken);
            }
        }
    }
}
