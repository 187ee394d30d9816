namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>A folder that any user may read and, where a test says so, write.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TemporaryFolder(bool writableByAll = false)
    {
        Path = Directory.CreateTempSubdirectory("sme-data-tests-").FullName;
        File.SetUnixFileMode(Path, writableByAll ? ReadableByAll | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite : ReadableByAll);
    }

    public string Path { get; }

    public IEnumerable<string> Entries => Directory.EnumerateFileSystemEntries(Path);

    public void AddProgram(string name, string script)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(path, ReadableByAll);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
