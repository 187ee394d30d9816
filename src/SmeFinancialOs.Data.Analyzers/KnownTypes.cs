using Microsoft.CodeAnalysis;

namespace SmeFinancialOs.Data.Analyzers;

/// <summary>Return types that make a method asynchronous.</summary>
internal sealed class KnownTypes(Compilation compilation)
{
    private readonly INamedTypeSymbol?[] _tasks =
    [
        compilation.GetTypeByMetadataName("System.Threading.Tasks.Task"),
        compilation.GetTypeByMetadataName("System.Threading.Tasks.Task`1"),
        compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask"),
        compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1"),
    ];

    private readonly INamedTypeSymbol?[] _asyncSequences =
    [
        compilation.GetTypeByMetadataName("System.Collections.Generic.IAsyncEnumerable`1"),
        compilation.GetTypeByMetadataName("System.Collections.Generic.IAsyncEnumerator`1"),
    ];

    public bool IsTask(ITypeSymbol type) => IsOneOf(_tasks, type);

    public bool IsAsyncSequence(ITypeSymbol type) => IsOneOf(_asyncSequences, type);

    private static bool IsOneOf(INamedTypeSymbol?[] types, ITypeSymbol type) =>
        Array.Exists(types, known => known is not null && SymbolEqualityComparer.Default.Equals(known, type.OriginalDefinition));
}
