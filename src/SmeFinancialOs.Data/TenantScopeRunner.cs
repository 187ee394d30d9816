using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data;

/// <summary>
/// Work outside of a request, for one tenant that is named: jobs of a queue, timers, whatever outlives the request that asked for it. A singleton that
/// <c>AddTenantData</c> registers.
/// </summary>
public sealed class TenantScopeRunner
{
    private readonly IServiceScopeFactory _scopeFactory;

    /// <summary>Makes a runner of work in scopes of the host's services.</summary>
    /// <param name="scopeFactory">What makes the scopes.</param>
    /// <exception cref="ArgumentNullException"><paramref name="scopeFactory"/> is null.</exception>
    public TenantScopeRunner(IServiceScopeFactory scopeFactory)
    {
        ArgumentNullException.ThrowIfNull(scopeFactory);
        _scopeFactory = scopeFactory;
    }

    /// <summary>
    /// Runs work in a scope of its own, with the context ambient until it ends: an <see cref="ITenantSession"/> and the repositories of that scope act for it.
    /// </summary>
    /// <param name="context">Who the work is for: the job says so, it is never guessed from where it runs.</param>
    /// <param name="work">The work. What it leaves running has no context any more once its task has ended.</param>
    /// <param name="cancellationToken">Given to the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled before the work began.</exception>
    /// <exception cref="ArgumentException">The context or the work is null, or the work returned null where its task was expected.</exception>
    public async Task RunAsync(TenantContext context, Func<IServiceProvider, CancellationToken, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(work);
        cancellationToken.ThrowIfCancellationRequested();
        await AmbientTenantContext.RunAsync(context, async () =>
        {
            // The scope ends before the context does: what it disposes may still have to know whose it is.
            var scope = _scopeFactory.CreateAsyncScope();
            await using var _ = scope.ConfigureAwait(false);
            var running = work(scope.ServiceProvider, cancellationToken)
                ?? throw new ArgumentException("The work returned null where its task was expected.", nameof(work));
            await running.ConfigureAwait(false);
        }).ConfigureAwait(false);
    }
}
