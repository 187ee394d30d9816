namespace SmeFinancialOs.Data.Audit.Tests.Linting;

/// <summary>A folder of migrations, gone with the test.</summary>
internal sealed class TemporaryMigrations : IDisposable
{
    internal TemporaryMigrations(params (string File, string Sql)[] files)
    {
        foreach (var (file, sql) in files)
            Write(file, sql);
    }

    internal string Path { get; } = Directory.CreateTempSubdirectory("sme_lint_").FullName;

    internal void Write(string file, string sql)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, sql);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
