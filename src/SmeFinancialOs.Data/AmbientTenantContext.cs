using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data;

/// <summary>
/// The tenant context of the current asynchronous flow, for hosts that want one. Every method also takes a context explicitly. A context flows into the
/// methods that are called, not out of an async method, and not from one step of an iterator to the next: there,
/// <see cref="RunAsync(TenantContext, Func{Task})"/> and StreamAsync are right.
/// </summary>
public static class AmbientTenantContext
{
    /// <summary>The context in force, or null.</summary>
    public static TenantContext? Current => AmbientScope.Context;

    /// <summary>The context in force.</summary>
    /// <exception cref="TenantContextMissingException">None is in force.</exception>
    public static TenantContext Required => Current ?? throw new TenantContextMissingException(
        "No tenant context is in force here. Put the work inside AmbientTenantContext.RunAsync(context, work) or Use(context), "
        + "or pass the context explicitly.");

    /// <summary>Runs work with a context in force, whatever is in force around it, and ends the context with the work's task.</summary>
    /// <param name="context">The context to use.</param>
    /// <param name="work">The work. What it leaves running has no context once its task has ended: it fails, it does not guess.</param>
    /// <exception cref="ArgumentException">The work returned null where its task was expected.</exception>
    public static Task RunAsync(TenantContext context, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(work);
        return InsideAsync(AmbientScope.CreateDetached(context), work);
    }

    /// <summary>Runs work that has a result with a context in force, whatever is in force around it, and ends the context with the work's task.</summary>
    /// <inheritdoc cref="RunAsync(TenantContext, Func{Task})"/>
    public static async Task<T> RunAsync<T>(TenantContext context, Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(work);
        Task<T>? running = null;
        await InsideAsync(AmbientScope.CreateDetached(context), () => running = work()).ConfigureAwait(false);
        return await running!.ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the items of a sequence whose every step runs with a context in force, whatever is in force where it is consumed, and ends the context when
    /// the sequence is disposed, as <c>await foreach</c> does. The consumer never sees the context.
    /// </summary>
    /// <param name="context">The context to use.</param>
    /// <param name="work">Makes the sequence: called at the first step of each enumeration, with the context in force.</param>
    /// <param name="cancellationToken">Given to the sequence, together with that of the consumer's WithCancellation.</param>
    /// <exception cref="ArgumentException">The work returned null where its sequence was expected; thrown at the first step.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step: the work was not called.</exception>
    public static IAsyncEnumerable<T> StreamAsync<T>(TenantContext context, Func<IAsyncEnumerable<T>> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(work);
        return StepsAsync(context, work, cancellationToken);
    }

    /// <summary>Runs work with no context in force, whatever is in force around it.</summary>
    /// <param name="work">The work.</param>
    /// <exception cref="ArgumentException">The work returned null where its task was expected.</exception>
    public static Task SuppressAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return InsideAsync(AmbientScope.CreateDetached(context: null), work);
    }

    /// <summary>
    /// Puts a context in force until the result is disposed, in the same flow. Work that outlives that moment has no context: it fails, it does not guess.
    /// In a method with <c>yield</c>, and where the caller is to see the context, use RunAsync or StreamAsync.
    /// </summary>
    /// <remarks>
    /// Disposing the result where it is not the innermost scope of the flow ends the context and throws an <see cref="InvalidOperationException"/>; if inner
    /// scopes are open there, they end too, and nothing is in force. Disposing it again does nothing.
    /// </remarks>
    /// <param name="context">The context to use.</param>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public static IDisposable Use(TenantContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return AmbientScope.Open(context);
    }

    /// <summary>Puts no context in force until the result is disposed, in the same flow, whatever is in force around it.</summary>
    /// <inheritdoc cref="Use" path="/remarks"/>
    public static IDisposable Suppress() => AmbientScope.Open(context: null);

    /// <summary>An async method, because its caller does not see what it enters.</summary>
    private static async Task InsideAsync(AmbientScope scope, Func<Task?> work)
    {
        scope.Enter();
        try
        {
            var running = work() ?? throw new ArgumentException("The work returned null where its task was expected.", nameof(work));
            await running.ConfigureAwait(false);
        }
        finally
        {
            scope.End();
        }
    }

    /// <summary>Each step begins in the flow of the consumer, and the consumer does not see what it enters.</summary>
    private static async IAsyncEnumerable<T> StepsAsync<T>(
        TenantContext context, Func<IAsyncEnumerable<T>> work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scope = AmbientScope.CreateDetached(context);
        IAsyncEnumerator<T>? steps = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            scope.Enter();
            var sequence = work() ?? throw new ArgumentException("The work returned null where its sequence was expected.", nameof(work));
            steps = sequence.GetAsyncEnumerator(cancellationToken);
            while (await steps.MoveNextAsync().ConfigureAwait(false))
            {
                yield return steps.Current;
                scope.Enter();
            }
        }
        finally
        {
            // Again, because a step that ends the sequence early begins here.
            scope.Enter();
            try
            {
                if (steps is not null)
                    await steps.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                scope.End();
            }
        }
    }
}
