namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>The role names of this library's own schema, as SmeFinancialOs.Data.Schema names them unless told otherwise. A test compares the two.</summary>
internal static class DefaultRoles
{
    internal const string Owner = "app_owner";
    internal const string Tenant = "tenant_role";
    internal const string Demo = "demo_role";
    internal const string Admin = "admin_role";
    internal const string AppLogin = "app_user";
    internal const string AdminLogin = "admin_user";
    internal const string Sealer = "app_sealer";
    internal const string Resolver = "resolver_role";
    internal const string ResolverOwner = "app_resolver";

    internal static IReadOnlyList<string> All { get; } = [Owner, Tenant, Demo, Admin, AppLogin, AdminLogin, Sealer, Resolver, ResolverOwner];
}
