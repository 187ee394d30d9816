namespace SmeFinancialOs.Data.TestSupport;

/// <summary>The folder of the solution, found from where the tests run. Not CallerFilePath: a deterministic build maps it away.</summary>
internal static class RepositoryRoot
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SmeFinancialOs.Data.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        return folder.FullName;
    }
}
