using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>Role names that the cluster has not seen yet. What a test plants on such roles harms no other test.</summary>
internal static class TestRoles
{
    internal static SchemaRoles New(TestServer server) => new()
    {
        Owner = server.NewRoleName("owner"),
        Tenant = server.NewRoleName("tenant"),
        Demo = server.NewRoleName("demo"),
        Admin = server.NewRoleName("admin"),
        AppLogin = server.NewRoleName("app"),
        AdminLogin = server.NewRoleName("adm"),
        Sealer = server.NewRoleName("sealer"),
        Resolver = server.NewRoleName("resolver"),
        ResolverOwner = server.NewRoleName("resolverowner"),
    };
}
