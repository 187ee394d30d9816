using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>The options of an audit and of a probe for a schema that was migrated with other role names.</summary>
internal static class RoleOptions
{
    internal static SchemaAuditOptions ToAuditOptions(this SchemaRoles roles) => new()
    {
        AppLogins = [roles.AppLogin],
        TenantRoles = [roles.Tenant, roles.Demo],
        AdminLogins = [roles.AdminLogin],
        AdminRoles = [roles.Admin],
    };

    internal static IsolationProbeOptions ToProbeOptions(this SchemaRoles roles) => new()
    {
        AppLogins = [roles.AppLogin],
        TenantRoles = [roles.Tenant, roles.Demo],
        AdminLogins = [roles.AdminLogin],
        AdminRoles = [roles.Admin],
        DemoRoles = [roles.Demo],
    };
}
