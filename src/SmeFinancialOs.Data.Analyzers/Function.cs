using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SmeFinancialOs.Data.Analyzers;

/// <summary>The method, accessor, local function or lambda in whose own body a call stands.</summary>
internal sealed class Function
{
    private Function(IMethodSymbol symbol, IOperation root) => (Symbol, Root) = (symbol, root);

    public IMethodSymbol Symbol { get; }

    /// <summary>The body, with the functions that are nested in it.</summary>
    public IOperation Root { get; }

    /// <summary>It has a <c>yield</c> of its own.</summary>
    public bool IsIterator => HasYield(Root);

    /// <summary>Null in the initializer of a field, which is no function.</summary>
    public static Function? Around(IOperation call, ISymbol member)
    {
        var root = call;
        for (var operation = call.Parent; operation is not null; operation = operation.Parent)
        {
            if (operation is IAnonymousFunctionOperation lambda)
                return new(lambda.Symbol, lambda.Body);
            if (operation is ILocalFunctionOperation { Body: { } body } local)
                return new(local.Symbol, body);
            root = operation;
        }

        return member is IMethodSymbol method ? new(method, root) : null;
    }

    private static bool HasYield(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            if (child.Kind is OperationKind.YieldReturn or OperationKind.YieldBreak)
                return true;
            if (child is not (IAnonymousFunctionOperation or ILocalFunctionOperation) && HasYield(child))
                return true;
        }

        return false;
    }
}
