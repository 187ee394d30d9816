namespace SmeFinancialOs.Data;

/// <summary>The tenant context of the current asynchronous flow, for hosts that want one. Every method also takes a context explicitly.</summary>
public static class AmbientTenantContext
{
    private static readonly AsyncLocal<Scope?> Ambient = new();

    /// <summary>The context in force, or null.</summary>
    public static TenantContext? Current => Ambient.Value?.Context;

    /// <summary>The context in force.</summary>
    /// <exception cref="TenantContextMissingException">None is in force.</exception>
    public static TenantContext Required => Current ?? throw new TenantContextMissingException(
        "No tenant context is in force here. Put the work inside AmbientTenantContext.Use(context), or pass the context explicitly.");

    /// <summary>Puts a context in force until the result is disposed. Work that outlives that moment has no context: it fails, it does not guess.</summary>
    /// <param name="context">The context to use.</param>
    public static IDisposable Use(TenantContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Ambient.Value = new Scope(context, Ambient.Value);
    }

    /// <summary>Puts no context in force until the result is disposed, whatever is in force around it.</summary>
    public static IDisposable Suppress() => Ambient.Value = new Scope(context: null, Ambient.Value);

    /// <summary>Shared by every flow that captured it, so that its end is seen by all of them and not by the one that ends it alone.</summary>
    private sealed class Scope(TenantContext? context, Scope? outer) : IDisposable
    {
        private volatile TenantContext? _context = context;

        public TenantContext? Context => _context;

        public void Dispose()
        {
            _context = null;
            if (ReferenceEquals(Ambient.Value, this))
                Ambient.Value = outer;
        }
    }
}
