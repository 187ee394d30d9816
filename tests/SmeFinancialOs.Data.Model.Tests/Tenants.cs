using System.Globalization;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>A few tenants, with ids of one type; the last is the demo.</summary>
internal sealed class Tenants(TenantKeyType type)
{
    public const int Count = 4;

    public const int Demo = Count - 1;

    /// <summary>They differ in case and in a blank at the end.</summary>
    private static readonly string[] Texts = ["acme", "ACME", "acme ", "demo"];

    public string TypeName => type.ToString().ToLowerInvariant();

    public TenantKey Id(int tenant) => type switch
    {
        TenantKeyType.Bigint => (long)tenant + 1,
        TenantKeyType.Text => Texts[tenant],
        _ when tenant == Demo => TenantContext.DemoOrganizationId,
        _ => Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-00000000000{tenant + 1}")),
    };

    public string Literal(int tenant) => $"'{Id(tenant)}'";

    public TenantContext Context(int tenant, bool isReadOnly)
    {
        var context = tenant == Demo ? TenantContext.ForDemo(Id(tenant)) : TenantContext.ForOrganization(Id(tenant));
        return isReadOnly ? context.AsReadOnly() : context;
    }
}
