namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>artifacts/benchmarks of the repository, or of the current directory where no repository is around.</summary>
internal static class ArtifactsFolder
{
    public static string Path { get; } = System.IO.Path.Combine(FindRepository() ?? Environment.CurrentDirectory, "artifacts", "benchmarks");

    private static string? FindRepository() => Above(Environment.CurrentDirectory) ?? Above(AppContext.BaseDirectory);

    private static string? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "SmeFinancialOs.Data.sln")))
                return folder.FullName;
        }

        return null;
    }
}
