namespace SmeFinancialOs.Data;

/// <summary>
/// The settings that a context consists of, and that of a maintenance, as sql/ reads them. Compiled into the audit, too, which does not reference this package.
/// </summary>
internal static class SettingNames
{
    internal const string Tenant = "app.current_org_id";
    internal const string User = "app.current_user_id";
    internal const string Roles = "app.current_roles";
    internal const string Token = "app.context_token";
    internal const string Maintenance = "app.maintenance";
}
