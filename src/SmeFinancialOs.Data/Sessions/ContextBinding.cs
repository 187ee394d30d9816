namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The context that a session or a unit of work acts for. Where it is that of the flow it was made in, each call demands that the flow which makes the
/// call has an equal one: a singleton, a cache or a handler of IHttpClientFactory can keep a session of one request and use it in the next tenant's.
/// </summary>
internal sealed class ContextBinding
{
    private const string Cure = "Have the session injected where the request is, or resolve it from the services of the request (IHttpContextAccessor); "
        + "run other work through TenantScopeRunner, or make a session with an explicit context: CreateSession(context).";

    private readonly bool _isAmbient;
    private volatile bool _isScopeEnded;

    private ContextBinding(TenantContext context, bool isAmbient) => (Context, _isAmbient) = (context, isAmbient);

    public TenantContext Context { get; }

    /// <exception cref="TenantContextMissingException">No ambient context is in force.</exception>
    public static ContextBinding ToAmbient() => new(AmbientTenantContext.Required, isAmbient: true);

    /// <summary>The caller has named the context: any flow may use it.</summary>
    public static ContextBinding Explicit(TenantContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context, isAmbient: false);
    }

    public static CapturedSessionException AskedOfRoot() => new(
        "A session or repository was asked of the root service provider, by a singleton for instance: it would live as long as the process. " + Cure);

    /// <summary>The end of the service scope that the session was injected into: what outlives a request has no tenant.</summary>
    public void EndScope() => _isScopeEnded = true;

    /// <summary>Before each call, and before a connection is taken for it.</summary>
    /// <exception cref="TenantContextMissingException">No ambient context is in force in the flow of the caller.</exception>
    /// <exception cref="CapturedSessionException">Another one is, or the service scope of the session has ended.</exception>
    public void Require()
    {
        if (!_isAmbient && !_isScopeEnded)
            return;
        var current = AmbientTenantContext.Current;
        if (current is null)
        {
            throw new TenantContextMissingException(_isScopeEnded
                ? "The service scope that this session was injected into has ended. Run work that goes on after a request through TenantScopeRunner."
                : "No tenant context is in force here: the one that this session was made for has ended, or is suppressed. "
                    + "Run work that goes on after a request through TenantScopeRunner, or make a session with an explicit context: CreateSession(context).");
        }

        if (_isAmbient && current != Context)
        {
            throw new CapturedSessionException(
                "A session of one tenant context was used under another one: a singleton, a cache or a handler of IHttpClientFactory has kept it. " + Cure);
        }

        if (_isScopeEnded)
        {
            throw new CapturedSessionException(
                "A session was used after the service scope that it was injected into had ended: something has kept it for longer than its request. " + Cure);
        }
    }
}
