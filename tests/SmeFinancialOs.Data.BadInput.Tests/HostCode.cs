using System.Linq.Expressions;
using System.Reflection;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>What a host's own code throws. It must come out as it is.</summary>
internal sealed class MarkedException() : Exception("thrown by the host's own code");

/// <summary>Delegates of any type that do what they must not.</summary>
internal static class HostCode
{
    public static Delegate Throwing(Type type) => Create(type, result => Expression.Throw(Expression.New(typeof(MarkedException)), result));

    public static Delegate ReturningNull(Type type) => Create(type, result => Expression.Constant(null, result));

    public static Delegate ReturningDefault(Type type) => Create(type, Expression.Default);

    /// <summary>Of a delegate that returns a task or a sequence: a task with the default value, a sequence of no items.</summary>
    public static object Empty(Type type)
    {
        var returned = type.GetMethod("Invoke")!.ReturnType;
        var name = returned.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(DefaultTask) : nameof(EmptySequence);
        return typeof(HostCode).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(returned.GetGenericArguments()).Invoke(null, null)!;
    }

    /// <summary>A sequence of no items.</summary>
    public static object EmptySequenceOf(Type item) => ((Delegate)Empty(typeof(Func<>).MakeGenericType(typeof(IAsyncEnumerable<>).MakeGenericType(item))))
        .DynamicInvoke()!;

    private static Func<Task<T?>> DefaultTask<T>() => () => Task.FromResult(default(T));

    private static Func<IAsyncEnumerable<T>> EmptySequence<T>() => AsyncEnumerable.Empty<T>;

    private static Delegate Create(Type type, Func<Type, Expression> body)
    {
        var signature = type.GetMethod("Invoke")!;
        return Expression.Lambda(type, body(signature.ReturnType), signature.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType)))
            .Compile();
    }
}
