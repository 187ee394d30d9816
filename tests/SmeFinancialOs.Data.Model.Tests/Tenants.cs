using System.Globalization;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>A few organizations; the last is the demo.</summary>
internal static class Tenants
{
    public const int Count = 4;

    public const int Demo = Count - 1;

    public static Guid Id(int tenant) =>
        tenant == Demo ? TenantContext.DemoOrganizationId
            : Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-00000000000{tenant + 1}"));

    public static TenantContext Context(int tenant, bool isReadOnly)
    {
        var context = TenantContext.ForOrganization(Id(tenant));
        return isReadOnly ? context.AsReadOnly() : context;
    }
}
