using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SmeFinancialOs.Data.Analyzers.Tests;

/// <summary>What no analyzer of the SDK asks of the code: src/, tests/ and benchmarks/ are written in one dialect.</summary>
public sealed class DialectTests
{
    private const int Columns = 160;

    /// <summary>The name of the variable of every catch clause.</summary>
    private const string CatchVariable = "fault";

    private static readonly Lazy<IReadOnlyList<(string Path, SyntaxTree Tree)>> Files = new(() =>
    [
        .. new[] { "src", "tests", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Folder, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryRoot.Folder, file).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(folder => folder is "bin" or "obj" or "node_modules"))
            .Select(path => (path, CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(RepositoryRoot.Folder, path))))),
    ]);

    [Fact]
    public void No_line_has_more_than_160_columns() => Check(
        tree => tree.GetText().Lines.Where(line => line.Span.Length > Columns).Select(line => line.Start));

    [Fact]
    public void Variable_of_a_catch_clause_is_named_fault() => Check(
        tree => tree.GetRoot().DescendantNodes().OfType<CatchDeclarationSyntax>()
            .Where(clause => clause.Identifier.ValueText is not ("" or CatchVariable)).Select(clause => clause.SpanStart));

    [Fact]
    public void Body_of_an_if_or_a_loop_is_on_a_line_of_its_own() => Check(
        tree => tree.GetRoot().DescendantNodes().OfType<StatementSyntax>().Where(IsBodyOnTheLineOfItsHead).Select(body => body.SpanStart));

    private static bool IsBodyOnTheLineOfItsHead(StatementSyntax body) =>
        body is not (BlockSyntax or EmptyStatementSyntax)
        && (body.Parent is IfStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or UsingStatementSyntax
                or LockStatementSyntax
            || (body.Parent is ElseClauseSyntax && body is not IfStatementSyntax))
        && LineOf(body.SyntaxTree, body.SpanStart) == LineOf(body.SyntaxTree, body.GetFirstToken().GetPreviousToken().Span.End);

    private static void Check(Func<SyntaxTree, IEnumerable<int>> find)
    {
        Files.Value.Should().HaveCountGreaterThan(500);
        Files.Value.SelectMany(file => find(file.Tree).Select(position => $"{file.Path}:{LineOf(file.Tree, position) + 1}")).Should().BeEmpty();
    }

    private static int LineOf(SyntaxTree tree, int position) => tree.GetText().Lines.GetLinePosition(position).Line;
}
