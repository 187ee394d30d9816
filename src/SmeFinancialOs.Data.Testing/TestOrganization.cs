namespace SmeFinancialOs.Data.Testing;

/// <summary>An organization made for a test.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Context">Its context.</param>
/// <param name="Session">A session of its own, as <c>app_user</c>.</param>
public sealed record TestOrganization(Guid Id, string Name, TenantContext Context, ITenantSession Session);
