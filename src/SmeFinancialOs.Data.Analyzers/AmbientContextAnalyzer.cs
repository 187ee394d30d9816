using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace SmeFinancialOs.Data.Analyzers;

/// <summary>Finds calls of <c>AmbientTenantContext.Use</c> and <c>Suppress</c> whose context .NET does not carry to where the code means it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class AmbientContextAnalyzer : DiagnosticAnalyzer
{
    private const string TypeName = "SmeFinancialOs.Data.AmbientTenantContext";
    private const string Suppress = "Suppress";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.Iterator, Rules.NeverEnds];

    public override void Initialize(AnalysisContext context)
    {
        // Razor's code is generated, and what a host wrote stands in it.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(TypeName) is not { } ambient)
                return;
            var types = new KnownTypes(start.Compilation);
            start.RegisterOperationAction(call => Examine(call, ambient, types), OperationKind.Invocation);
        });
    }

    private static void Examine(OperationAnalysisContext context, INamedTypeSymbol ambient, KnownTypes types)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name is not ("Use" or Suppress) || !SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, ambient))
            return;
        if (Function.Around(call, context.ContainingSymbol) is not { } function)
            return;
        var name = call.TargetMethod.Name;
        if (function.IsIterator)
        {
            var isAsync = types.IsAsyncSequence(function.Symbol.ReturnType);
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.Iterator, call.Syntax.GetLocation(), name, EffectInIterator(name, isAsync), CureInIterator(name, isAsync)));
        }
        else if ((function.Symbol.IsAsync || types.IsTask(function.Symbol.ReturnType)) && !new Disposal(function.Root).Ends(call))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.NeverEnds, call.Syntax.GetLocation(), name,
                function.Symbol.IsAsync ? "its caller never sees the context" : "the context stays in force in its caller", CureOfNeverEnding(name)));
        }
    }

    private static string EffectInIterator(string name, bool isAsync) => (name, isAsync) switch
    {
        (Suppress, true) => "lasts one step: later steps run for the tenant of whoever consumes them",
        (Suppress, false) => "takes the tenant from the loop that consumes it",
        (_, true) => "lasts one step: later rows are read for the tenant of whoever consumes them",
        (_, false) => "makes the loop that consumes it run for this tenant",
    };

    private static string CureInIterator(string name, bool isAsync) => (name, isAsync) switch
    {
        (Suppress, true) => "write AmbientTenantContext.SuppressAsync(() => ..) around each piece of work",
        (Suppress, false) => "return a list, and call Suppress in a method without 'yield'",
        (_, true) =>
            "write AmbientTenantContext.StreamAsync(context, () => ..) where the sequence is made, or RunAsync(context, () => ..) around each piece of work",
        (_, false) => "return a list from AmbientTenantContext.RunAsync(context, () => ..), or an IAsyncEnumerable from StreamAsync(context, () => ..)",
    };

    private static string CureOfNeverEnding(string name) => name == Suppress
        ? "write AmbientTenantContext.SuppressAsync(() => ..) around the work, or 'using' here"
        : "write AmbientTenantContext.RunAsync(context, () => ..) around the work, or 'using' here";
}
