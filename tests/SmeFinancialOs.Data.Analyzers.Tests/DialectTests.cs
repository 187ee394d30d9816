using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SmeFinancialOs.Data.Analyzers.Tests;

/// <summary>
/// What no analyzer of the SDK asks of the code: src/, tests/, benchmarks/ and samples/ are written in one dialect, and sql/ is as narrow as they are.
/// </summary>
public sealed class DialectTests
{
    private const int Columns = 160;

    /// <summary>The name of the variable of every catch clause.</summary>
    private const string CatchVariable = "fault";

    [Fact]
    public void No_line_has_more_than_160_columns() => Check(
        tree => tree.GetText().Lines.Where(line => line.Span.Length > Columns).Select(line => line.Start));

    /// <summary>A file with a number runs once, and a database that has it refuses another text.</summary>
    [Fact]
    public void No_line_of_sql_that_runs_again_has_more_than_160_columns() =>
        SourceFiles.Sql.Where(file => !char.IsDigit(Path.GetFileName(file.Path)[0]))
            .SelectMany(file => file.Lines.Index().Where(line => line.Item.Length > Columns).Select(line => $"{file.Path}:{line.Index + 1}"))
            .Should().BeEmpty();

    [Fact]
    public void Comment_above_a_type_or_a_member_is_a_documentation_comment() => Check(
        tree => SourceFiles.IsShownOnAPage(tree) ? [] : Members(tree).Where(HasLineComment).Select(member => member.SpanStart),
        "a type or a member has its comment behind ///, whether it is public or not; // is for the inside of bodies");

    [Fact]
    public void Public_member_is_documented() => Check(
        tree => PublicMembers(tree).Where(member => Documentation(member).Length == 0).Select(member => member.SpanStart));

    [Fact]
    public void Public_member_names_the_exceptions_that_it_throws() => Check(
        tree => PublicMembers(tree).Where(member => Thrown(member).Any(type => !IsNamed(type, Documentation(member)))).Select(member => member.SpanStart),
        "each exception that the body throws has an <exception> tag; ArgumentException stands for the types that derive from it");

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

    private static IEnumerable<MemberDeclarationSyntax> Members(SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
            .Where(member => member is not (BaseNamespaceDeclarationSyntax or GlobalStatementSyntax));

    /// <summary>The comment ends right above the member: one above a directive is the directive's.</summary>
    private static bool HasLineComment(MemberDeclarationSyntax member) =>
        member.GetLeadingTrivia().Reverse().SkipWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia) || trivia.IsKind(SyntaxKind.EndOfLineTrivia))
            .FirstOrDefault().IsKind(SyntaxKind.SingleLineCommentTrivia);

    private static IEnumerable<MemberDeclarationSyntax> PublicMembers(SyntaxTree tree) => !tree.FilePath.StartsWith("src/", StringComparison.Ordinal)
        ? []
        : Members(tree).Where(member => member.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().All(IsPublic));

    private static bool IsPublic(MemberDeclarationSyntax member) =>
        member is BaseNamespaceDeclarationSyntax or EnumMemberDeclarationSyntax || member.Modifiers.Any(SyntaxKind.PublicKeyword)
        || (member.Modifiers.Any(SyntaxKind.ProtectedKeyword) && !member.Modifiers.Any(SyntaxKind.PrivateKeyword))
        || member.Parent is InterfaceDeclarationSyntax;

    private static string Documentation(MemberDeclarationSyntax member) =>
        string.Concat(member.GetLeadingTrivia().Where(trivia => trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia)));

    /// <summary>The types of exceptions that the text of a member names behind throw, or asks to be thrown by a method ThrowIf.</summary>
    private static IEnumerable<string> Thrown(MemberDeclarationSyntax member) => member is BaseTypeDeclarationSyntax
        ? []
        : member.DescendantNodes().Select(node => node switch
        {
            ThrowStatementSyntax { Expression: ObjectCreationExpressionSyntax made } => made.Type.ToString(),
            ThrowExpressionSyntax { Expression: ObjectCreationExpressionSyntax made } => made.Type.ToString(),
            MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax type, Name.Identifier.ValueText: var name }
                when name.StartsWith("ThrowIf", StringComparison.Ordinal) =>
                name == "ThrowIfCancellationRequested" ? nameof(OperationCanceledException) : type.ToString(),
            _ => null,
        }).OfType<string>();

    private static bool IsNamed(string type, string documentation) =>
        documentation.Contains("<inheritdoc", StringComparison.Ordinal)
        || documentation.Contains($"<exception cref=\"{type}\"", StringComparison.Ordinal)
        || (type.StartsWith("Argument", StringComparison.Ordinal) && documentation.Contains("<exception cref=\"ArgumentException\"", StringComparison.Ordinal));

    private static void Check(Func<SyntaxTree, IEnumerable<int>> find, string because = "") =>
        SourceFiles.CSharp.SelectMany(tree => find(tree).Select(position => $"{tree.FilePath}:{LineOf(tree, position) + 1}")).Should().BeEmpty(because);

    private static int LineOf(SyntaxTree tree, int position) => tree.GetText().Lines.GetLinePosition(position).Line;
}
