using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SmeFinancialOs.Data.Analyzers.Tests;

/// <summary>The files of the repository that people write, by their paths from its root.</summary>
internal static class SourceFiles
{
    public static IReadOnlyList<SyntaxTree> CSharp { get; } =
        [.. Find("*.cs", "src", "tests", "benchmarks", "samples").Select(file => CSharpSyntaxTree.ParseText(file.Text, path: file.Path))];

    public static IReadOnlyList<(string Path, string[] Lines)> Sql { get; } = [.. Find("*.sql", "sql").Select(file => (file.Path, file.Text.Split('\n')))];

    /// <summary>Whether a page shows a part of it, to readers who write their own comments.</summary>
    public static bool IsShownOnAPage(SyntaxTree tree) => tree.GetText().ToString().Contains("// <snippet>", StringComparison.Ordinal);

    private static (string Path, string Text)[] Find(string pattern, params string[] folders)
    {
        (string Path, string Text)[] files =
        [
            .. folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Folder, folder), pattern, SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(RepositoryRoot.Folder, file).Replace('\\', '/'))
                .Where(path => !path.Split('/').Any(folder => folder is "bin" or "obj" or "node_modules"))
                .Order(StringComparer.Ordinal)
                .Select(path => (path, File.ReadAllText(Path.Combine(RepositoryRoot.Folder, path)))),
        ];
        files.Should().HaveCountGreaterThan(10, "the folders hold {0}", pattern);
        return files;
    }
}
