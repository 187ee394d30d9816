namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>Who runs a statement: a login, the role it has taken and the organization it has set.</summary>
/// <param name="Login">app_user or admin_user; null stays the superuser.</param>
/// <param name="Role">Null when the login has taken none: a connection that skipped the factory.</param>
/// <param name="Organization">Empty when none is set.</param>
public sealed record Actor(string? Login, string? Role, string Organization)
{
    public static Actor AppUser { get; } = new("app_user", null, Seed.A);

    public static Actor TenantA { get; } = new("app_user", "tenant_role", Seed.A);

    public static Actor TenantB { get; } = TenantA with { Organization = Seed.B };

    public static Actor TenantOfNobody { get; } = TenantA with { Organization = "" };

    /// <summary>The tenant's role with the demo's id: a host that built the setting by hand.</summary>
    public static Actor TenantRoleOnDemo { get; } = TenantA with { Organization = Seed.Demo };

    public static Actor Demo { get; } = new("app_user", "demo_role", Seed.Demo);

    public static Actor AdminUser { get; } = new("admin_user", null, Seed.A);

    public static Actor Admin { get; } = new("admin_user", "admin_role", "");

    /// <summary>The owner of the tables, as in a migration: no tenant is in force.</summary>
    public static Actor Owner { get; } = new(null, "app_owner", "");

    /// <summary>The setting first: the role may lack the right to it. <paramref name="local"/> ends with the transaction.</summary>
    public string Sql(bool local) =>
        $"SELECT set_config('app.current_org_id', '{Organization}', {local})"
        + (Login is null || !local ? "" : $"; SET LOCAL SESSION AUTHORIZATION {Login}")
        + (Role is null ? "" : $"; SET {(local ? "LOCAL " : "")}ROLE {Role}");

    public override string ToString() => $"{Role ?? Login} of {Organization}";
}
