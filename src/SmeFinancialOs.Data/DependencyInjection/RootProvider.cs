using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data.DependencyInjection;

/// <summary>
/// The provider that makes singletons. Microsoft's container gives the same one to whatever is scoped and asked of the root, which it refuses by itself
/// only where it validates scopes: not in Production. Another container may give another one; then the session's own check remains.
/// </summary>
internal sealed class RootProvider(IServiceProvider root)
{
    /// <exception cref="CapturedSessionException">The provider is no scope.</exception>
    public void RequireScope(IServiceProvider asked)
    {
        if (ReferenceEquals(asked, root))
            throw ContextBinding.AskedOfRoot();
    }
}
