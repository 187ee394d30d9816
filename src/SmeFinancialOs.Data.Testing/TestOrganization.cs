namespace SmeFinancialOs.Data.Testing;

/// <summary>An organization made for a test.</summary>
public sealed class TestOrganization
{
    internal TestOrganization(Guid id, string name, TenantContext context, ITenantSession session) =>
        (Id, Name, Context, Session) = (id, name, context, session);

    /// <summary>Its id.</summary>
    public Guid Id { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its context.</summary>
    public TenantContext Context { get; }

    /// <summary>A session of its own, as <c>app_user</c>.</summary>
    public ITenantSession Session { get; }
}
