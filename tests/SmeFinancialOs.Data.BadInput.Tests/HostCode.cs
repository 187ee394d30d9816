using System.Linq.Expressions;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>What a host's own code throws. It must come out as it is.</summary>
internal sealed class MarkedException() : Exception("thrown by the host's own code");

/// <summary>Delegates of any type that do what they must not.</summary>
internal static class HostCode
{
    public static Delegate Throwing(Type type) => Create(type, result => Expression.Throw(Expression.New(typeof(MarkedException)), result));

    public static Delegate ReturningNull(Type type) => Create(type, result => Expression.Constant(null, result));

    private static Delegate Create(Type type, Func<Type, Expression> body)
    {
        var signature = type.GetMethod("Invoke")!;
        return Expression.Lambda(type, body(signature.ReturnType), signature.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType))).Compile();
    }
}
