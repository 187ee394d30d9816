using System.Reflection;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>One call, awaited to its end.</summary>
internal static class AwaitedCall
{
    /// <summary>A net below what must not hang, not a measure of speed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What came of it.</summary>
    /// <param name="member">What to call.</param>
    /// <param name="receiver">What to call it on, if on anything.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="then">What the host does next with the receiver.</param>
    /// <param name="patience">After which it counts as hung.</param>
    public static async Task<Exception?> RunAsync(Member member, object? receiver, object?[] arguments, Func<object, Task>? then = null,
        TimeSpan? patience = null)
    {
        try
        {
            await Task.Run(async () =>
            {
                var result = await FinishAsync(Invoke(member.Method, receiver, arguments));
                // What a getter shows belongs to its receiver, and the shared server to the process.
                if (!member.IsGetter && member.Method.Name != nameof(PostgresServer.GetSharedAsync))
                    await DisposeAsync(result);
                if (then is not null)
                    await then(receiver!);
            }).WaitAsync(patience ?? Patience);
            return null;
        }
        catch (TimeoutException fault)
        {
            return new HangException(fault);
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    public static async ValueTask DisposeAsync(object? value)
    {
        if (value is IAsyncDisposable async)
            await async.DisposeAsync();
        else
            (value as IDisposable)?.Dispose();
    }

    private static object? Invoke(MethodBase method, object? receiver, object?[] arguments) => method is ConstructorInfo constructor
        ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)
        : method.Invoke(receiver, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);

    private static async Task<object?> FinishAsync(object? result)
    {
        switch (result)
        {
            case Task task:
                await task;
                return result.GetType().GetProperty("Result")?.GetValue(result);
            case ValueTask task:
                await task;
                return null;
            case { } value when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>):
                return await FinishAsync(type.GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(value, null));
            case { } value when value.GetType().GetInterfaces()
                .FirstOrDefault(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)) is { } rows:
                await (Task)typeof(AwaitedCall).GetMethod(nameof(DrainAsync),
                    BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(rows.GetGenericArguments()).Invoke(null, [value])!;
                return null;
            default:
                return result;
        }
    }

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> rows)
    {
        await foreach (var _ in rows)
        {
        }
    }
}

internal sealed class HangException(Exception inner) : Exception("It does not end.", inner);
