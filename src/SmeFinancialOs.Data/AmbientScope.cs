namespace SmeFinancialOs.Data;

/// <summary>
/// A context that is in force in a flow, or none where it was suppressed. Shared by every flow that captured it, so that its end is seen by all of them
/// and not only by the one that ends it.
/// </summary>
internal sealed class AmbientScope : IDisposable
{
    private static readonly AsyncLocal<AmbientScope?> Innermost = new();

    private readonly AmbientScope? _outer;
    private volatile TenantContext? _context;
    private int _isEnded;

    private AmbientScope(TenantContext? context, AmbientScope? outer) => (_context, _outer) = (context, outer);

    /// <summary>That of the innermost scope. A scope that has ended has none, and does not give way to the one around it.</summary>
    public static TenantContext? Context => Innermost.Value?._context;

    /// <summary>Begins in the current flow, inside the scope that is there. It ends with Dispose, in the same flow.</summary>
    public static AmbientScope Open(TenantContext? context)
    {
        var scope = new AmbientScope(context, Innermost.Value);
        scope.Enter();
        return scope;
    }

    /// <summary>Begins where it is entered, by an async method whose caller does not see it. It ends with End.</summary>
    public static AmbientScope CreateDetached(TenantContext? context) => new(context, outer: null);

    /// <summary>Makes this the innermost scope of the current flow.</summary>
    public void Enter() => Innermost.Value = this;

    /// <summary>Takes the context out of every flow that captured it. False where that has happened already.</summary>
    public bool End()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
            return false;
        _context = null;
        return true;
    }

    public void Dispose()
    {
        if (!End())
            return;
        var innermost = InnermostOpen(Innermost.Value);
        if (ReferenceEquals(innermost, this))
        {
            Innermost.Value = _outer;
            return;
        }

        if (IsAround(innermost))
            LeaveNothingInForce(innermost);
        throw new InvalidOperationException(
            "A scope of AmbientTenantContext.Use or Suppress was disposed where it is not the innermost one, so what ran inside it may have had another "
            + "tenant's context. The context has ended. Scopes end in the flow and in the order in which they began; a context does not flow out of an async "
            + "method, nor from one step of an iterator to the next. Use AmbientTenantContext.RunAsync(context, work), or StreamAsync(context, "
            + "work) for a sequence.");
    }

    /// <summary>Passes over scopes that another flow has ended; this one may still stand among them.</summary>
    private AmbientScope? InnermostOpen(AmbientScope? scope)
    {
        while (scope is not null && !ReferenceEquals(scope, this) && Volatile.Read(ref scope._isEnded) != 0)
            scope = scope._outer;
        return scope;
    }

    private bool IsAround(AmbientScope? scope)
    {
        while (scope is not null && !ReferenceEquals(scope, this))
            scope = scope._outer;
        return scope is not null;
    }

    /// <summary>Neither the scopes inside this one, nor the one around it: the code of the inner ones may still run.</summary>
    private void LeaveNothingInForce(AmbientScope? inner)
    {
        for (; inner is not null && !ReferenceEquals(inner, this); inner = inner._outer)
            inner.End();
        Enter();
    }
}
