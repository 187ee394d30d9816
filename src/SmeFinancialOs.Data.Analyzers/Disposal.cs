using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace SmeFinancialOs.Data.Analyzers;

/// <summary>Whether a function disposes a value: by using, by Dispose, or by the same for a local or a wrapper that has the value.</summary>
/// <param name="root">The body of the function.</param>
internal sealed class Disposal(IOperation root)
{
    private readonly HashSet<ISymbol> _examined = new(SymbolEqualityComparer.Default);

    public bool Ends(IOperation value) => value.Parent switch
    {
        IUsingOperation statement => statement.Resources == value,
        // The value goes on as it is.
        IConversionOperation or IParenthesizedOperation or ICoalesceOperation or ISwitchExpressionArmOperation or ISwitchExpressionOperation =>
            Ends(value.Parent),
        IConditionalOperation choice => choice.Condition != value && Ends(choice),
        IVariableInitializerOperation initializer => EndsVariable(initializer),
        ISimpleAssignmentOperation assignment when assignment.Value == value => EndsTarget(assignment.Target) || Ends(assignment),
        ICoalesceAssignmentOperation assignment when assignment.Value == value => EndsTarget(assignment.Target) || Ends(assignment),
        IInvocationOperation call => call.Instance == value && IsDispose(call.TargetMethod),
        IMethodReferenceOperation reference => IsDispose(reference.Method),
        IConditionalAccessOperation access => access.Operation == value && access.WhenNotNull is IInvocationOperation call && IsDispose(call.TargetMethod),
        // A wrapper that is disposed itself.
        IArgumentOperation { Parent: (IObjectCreationOperation or IInvocationOperation) and { } wrapper } => IsDisposable(wrapper.Type) && Ends(wrapper),
        _ => false,
    };

    private static bool IsDispose(IMethodSymbol method) => method is { Name: "Dispose", Parameters.IsEmpty: true };

    private static bool IsDisposable(ITypeSymbol? type) => type is not null
        && (type.SpecialType == SpecialType.System_IDisposable || type.AllInterfaces.Any(face => face.SpecialType == SpecialType.System_IDisposable));

    private bool EndsVariable(IVariableInitializerOperation initializer)
    {
        if (initializer.Parent is not IVariableDeclaratorOperation declarator)
            return false;
        for (IOperation? around = declarator.Parent; around is IVariableDeclarationOperation or IVariableDeclarationGroupOperation; around = around.Parent)
        {
            if (around.Parent is IUsingDeclarationOperation or IUsingOperation)
                return true;
        }

        return EndsLocal(declarator.Symbol);
    }

    private bool EndsTarget(IOperation target) => target is ILocalReferenceOperation reference && EndsLocal(reference.Local);

    private bool EndsLocal(ILocalSymbol local) => _examined.Add(local) && root.Descendants().OfType<ILocalReferenceOperation>()
        .Any(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local) && Ends(reference));
}
