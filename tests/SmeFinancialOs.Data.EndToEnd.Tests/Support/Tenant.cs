using System.Globalization;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>An organization of a test database. Its secret is in each of its invoices: found in an answer, it tells whose rows were read.</summary>
internal sealed record Tenant(string Name, Guid Id)
{
    public string Secret => $"secret of {Name}.";

    public static Tenant New()
    {
        var id = Guid.NewGuid();
        return new Tenant($"t-{id:N}", id);
    }

    /// <summary>The id of its n-th invoice.</summary>
    public Guid Invoice(int n) => Guid.Parse(Id.ToString()[..24] + n.ToString("D12", CultureInfo.InvariantCulture));
}
