using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SmeFinancialOs.Data.Analyzers.Tests;

/// <summary>C# of a host, compiled in memory against the library, and what the analyzer reports of it.</summary>
internal static class Snippet
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using SmeFinancialOs.Data;

        """;

    private const string Rest = """

            private readonly TenantContext A = TenantContext.Demo;
            private IDisposable? field;
            private Task WorkAsync() => Task.CompletedTask;
            private static IDisposable Track(IDisposable scope) => scope;
        }
        """;

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>The reports of a class that has these members, a context A, a field and WorkAsync().</summary>
    public static Task<IReadOnlyList<string>> ReportsOfMembersAsync(string members) => ReportsOfFileAsync(File(members));

    /// <summary>The reports of a whole file, by rule and text that each is at.</summary>
    public static async Task<IReadOnlyList<string>> ReportsOfFileAsync(string file) =>
        [.. (await AnalyzeAsync(file)).Select(found => $"{found.Id} {TextAt(found.Location)}").Order(StringComparer.Ordinal)];

    /// <summary>The messages for a class that has these members.</summary>
    public static async Task<IReadOnlyList<string>> MessagesOfMembersAsync(string members) =>
        [.. (await AnalyzeAsync(File(members))).Select(found => found.GetMessage(CultureInfo.InvariantCulture))];

    private static string File(string members) => $"{Usings}public class Host{Environment.NewLine}{{{members}{Rest}";

    private static string TextAt(Location location) => location.SourceTree!.GetText().ToString(location.SourceSpan);

    private static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(string file)
    {
        var kind = file.Contains("class ", StringComparison.Ordinal) ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication;
        var compilation = CSharpCompilation.Create("Host", [CSharpSyntaxTree.ParseText(file, new CSharpParseOptions(LanguageVersion.Preview))], References,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Should().BeEmpty("the snippet is C#");
        var analyzed = compilation.WithAnalyzers([new AmbientContextAnalyzer()], new AnalyzerOptions([]));
        var found = await analyzed.GetAllDiagnosticsAsync(TestContext.Current.CancellationToken);
        found.Should().NotContain(diagnostic => diagnostic.Id == "AD0001", "the analyzer does not fail");
        return [.. found.Where(diagnostic => diagnostic.Id.StartsWith("SFD", StringComparison.Ordinal))];
    }
}
